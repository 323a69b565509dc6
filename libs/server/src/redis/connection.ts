import { Logger } from '@nestjs/common';
import { Redis, ReplyError } from 'ioredis';
import { producerConnection, producerLimits, workerConnection } from '#queue';
import { guidedConnector } from './guided-connector.js';
import { isWrongDatabase, JoinedRedis, type AnswerLimits, type JoinedRedisOptions } from './joined-redis.js';
import type { RedisAddress } from './redis-address.js';
import { RedisGuides } from './redis-guides.js';
import { ClosedUnheardError, redisTrouble, type ConnectionPhase } from './redis-trouble.js';

/** A connection that fails fast: for requests, which must be answered within seconds while Redis is away. */
export function createProducerRedis(address: RedisAddress): JoinedRedis {
  return connect(address, producerConnection, producerLimits);
}

/** A connection that waits for Redis to come back: for workers, subscribers and blocking readers. */
export function createWorkerRedis(address: RedisAddress): JoinedRedis {
  return connect(address, workerConnection);
}

/**
 * A connection for one look, which is not made again.
 * @throws Error whose message says in words why there is none
 */
export async function connectOnce(address: RedisAddress, timeoutMs: number): Promise<Redis> {
  const options = { lazyConnect: true, connectTimeout: timeoutMs, maxRetriesPerRequest: 0, retryStrategy: () => null };
  const redis = new Redis({ ...connectionOptions(address), ...options });
  const stop = setTimeout(() => redis.disconnect(), timeoutMs); // guides may be many, and all be away
  let lastError: Error | undefined;
  let phase: ConnectionPhase = 'connecting';
  redis.on('connect', () => (phase = 'greeting'));
  redis.on('error', (error) => (lastError = error)); // says more than the rejected promise
  try {
    await redis.connect();
    if (lastError !== undefined && isWrongDatabase(lastError)) throw lastError;
    return redis;
  } catch (cause) {
    redis.disconnect();
    throw new Error(redisTrouble(lastError ?? new ClosedUnheardError(), { tls: address.tls, phase }), { cause });
  } finally {
    clearTimeout(stop);
  }
}

/** What ioredis needs to connect there, and nothing about how patient it is. */
function connectionOptions(address: RedisAddress): JoinedRedisOptions {
  const { topology, database, credentials, tls } = address;
  const options = { ...credentials, db: database, tls };
  if (topology.kind === 'server') return { ...options, ...topology.node };
  const Connector = guidedConnector(guidesTo(address), tls);
  return { ...options, Connector, reconnectOnError: isElsewhere };
}

/** One look around for all connections of a process. */
const guides = new WeakMap<RedisAddress, RedisGuides>();

function guidesTo(address: RedisAddress): RedisGuides {
  const known = guides.get(address) ?? new RedisGuides(address);
  guides.set(address, known);
  return known;
}

/**
 * A server that has lost its part answers so, and has done nothing: 2 sends the command to the right one. A
 * command of a transaction is given up with it.
 */
function isElsewhere(error: Error): false | 1 | 2 {
  if (!(error instanceof ReplyError) || !/(?:^|-)(?:READONLY|MOVED) /.test(error.message)) return false;
  const name: unknown = Reflect.get(Object(Reflect.get(error, 'command')), 'name');
  return name === 'exec' || name === 'multi' ? 1 : 2;
}

function connect(address: RedisAddress, options: JoinedRedisOptions, limits?: AnswerLimits): JoinedRedis {
  const redis = new JoinedRedis({ ...connectionOptions(address), ...options }, limits);
  const logger = new Logger('redis');
  let trouble: string | undefined;
  redis.on('ready', () => {
    if (trouble !== undefined) logger.log('connected again');
    trouble = undefined;
  });
  // ioredis retries by itself and emits an error for every attempt; one line per outage and cause is enough.
  redis.on('error', (error) => {
    const former = trouble;
    trouble = redis.trouble ?? error.message;
    if (trouble !== former) logger.warn(`not reachable: ${trouble}; trying again until it is back`);
  });
  return redis;
}
