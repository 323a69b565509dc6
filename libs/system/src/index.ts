export { ChildProgram, type ProgramExit } from './child-program.js';
export { DataDirectory } from './data-directory.js';
export { findProgram } from './debian-packages.js';
export type { Finding } from './finding.js';
export { freePort } from './ports.js';
export { isRunning, type ProcessIdentity } from './process-identity.js';
export { checkRedis } from './redis-check.js';
export { findRedisServer, RedisServer } from './redis-server.js';
export { StrideSystem, type StrideSystemOptions } from './stride-system.js';
