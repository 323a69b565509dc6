export { bootstrap, listeningUrl, type BootstrapOptions } from './bootstrap.js';
export { InvalidConfigError, loadConfig } from './config.js';
export { endProcess } from './end-process.js';
export { environment } from './environment.js';
export { JsonLogger } from './json-logger.js';
export { MetricsController, RegistryModule } from './metrics.module.js';
export { createProducerRedis, createWorkerRedis } from './redis.js';
export { StartChecks, type StartCheckName, type StartCheckReport } from './start-checks.js';
export { UnreadableRecords } from './unreadable-records.js';
