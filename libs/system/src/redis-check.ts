import {
  connectOnce,
  describeRedisAddress,
  InvalidConfigError,
  loadConfig,
  REDIS_VARIABLES,
  redisAddress,
} from '#server';
import { canInstallPackages, findProgram } from './debian-packages.js';
import type { Finding } from './finding.js';

const CONNECT_MS = 3_000;
const NEEDED_REDIS = 6.2;

/** The given Redis, else the server program that `stride up` would start. */
export async function checkRedis(url: string | undefined): Promise<Finding> {
  return url === undefined ? checkProgram() : checkServer(url);
}

function checkProgram(): Finding {
  const program = findProgram('redis-server', 'valkey-server');
  if (program !== undefined) return { name: 'Redis', status: 'ok', detail: program };
  if (canInstallPackages()) return { name: 'Redis', status: 'ok', detail: 'absent; stride up will install it' };
  return {
    name: 'Redis',
    status: 'problem',
    detail: 'REDIS_URL is not set, and there is no redis-server',
    remedy: 'set REDIS_URL, or run: apt-get install redis-server',
  };
}

async function checkServer(url: string): Promise<Finding> {
  let redis: Awaited<ReturnType<typeof connectOnce>> | undefined;
  try {
    const address = redisAddress(loadConfig(REDIS_VARIABLES, { ...redisVariables(), REDIS_URL: url }));
    redis = await connectOnce(address, CONNECT_MS);
    return judge(describeRedisAddress(address), parseInfo(await redis.info()));
  } catch (error) {
    const isOurs = error instanceof InvalidConfigError;
    return {
      name: 'Redis',
      status: 'problem',
      detail: isOurs ? error.message : `Redis cannot be reached: ${messageOf(error)}`,
      remedy: 'start that server, correct REDIS_URL, or unset it: stride up then starts one of its own',
    };
  } finally {
    redis?.disconnect();
  }
}

/** Those of this process, without others that may be wrong. */
function redisVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(REDIS_VARIABLES.map((name) => [name, process.env[name]]));
}

function judge(place: string, info: ReadonlyMap<string, string>): Finding {
  const version = info.get('redis_version') ?? 'unknown';
  const [policy, aof, maxmemory] = ['maxmemory_policy', 'aof_enabled', 'maxmemory'].map((key) => info.get(key));
  const finding = { name: 'Redis', detail: `${version} at ${place}` };
  if (Number.parseFloat(version) < NEEDED_REDIS)
    return { ...finding, status: 'problem', remedy: `Redis ${NEEDED_REDIS} or later is needed` };
  if (policy !== 'noeviction')
    return {
      ...finding,
      status: 'problem',
      detail: `${finding.detail} evicts keys (${policy})`,
      remedy: 'CONFIG SET maxmemory-policy noeviction: an evicted key is a lost job',
    };
  if (aof !== '1')
    return { ...finding, status: 'warning', remedy: 'CONFIG SET appendonly yes: a restart of Redis loses all jobs' };
  if (maxmemory === '0')
    return { ...finding, status: 'warning', remedy: 'CONFIG SET maxmemory 1gb: without a limit the machine decides' };
  return { ...finding, status: 'ok' };
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
