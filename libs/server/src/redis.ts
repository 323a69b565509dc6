import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { producerConnection, producerLimits, workerConnection } from '#queue';
import { JoinedRedis, type AnswerLimits } from './joined-redis.js';

/** A connection that fails fast: for requests, which must be answered within seconds while Redis is away. */
export function createProducerRedis(url: string): Redis {
  return connect(url, producerConnection, producerLimits);
}

/** A connection that waits for Redis to come back: for workers, subscribers and blocking readers. */
export function createWorkerRedis(url: string): Redis {
  return connect(url, workerConnection);
}

function connect(
  url: string,
  options: typeof producerConnection | typeof workerConnection,
  limits?: AnswerLimits,
): Redis {
  const redis = new JoinedRedis(url, options, limits);
  const logger = new Logger('redis');
  let lost = false;
  redis.on('ready', () => {
    if (lost) logger.log('connected again');
    lost = false;
  });
  // ioredis retries by itself and emits an error for every attempt; one line per outage is enough.
  redis.on('error', (error) => {
    if (!lost) logger.warn(`not reachable: ${error.message || error.name}; trying again until it is back`);
    lost = true;
  });
  return redis;
}
