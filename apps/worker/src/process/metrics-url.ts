import type { Server } from 'node:net';
import type { Redis } from 'ioredis';
import { listeningUrl } from '#server';
import type { WorkerConfig } from './worker.config.js';

/**
 * Where Prometheus finds the metrics of this worker: under the name that the configuration gives, else where
 * it listens. A worker that listens everywhere is found where its connection to Redis leaves from, since that
 * is the network which the fleet shares.
 */
export function metricsUrl(server: Server, redis: Pick<Redis, 'stream'>, config: WorkerConfig): string {
  const { localAddress } = redis.stream;
  const url = new URL(listeningUrl(server, '/metrics', { towards: localAddress }));
  const { STRIDE_ADVERTISE_HOST: name } = config;
  if (name !== undefined) url.hostname = name.includes(':') ? `[${name}]` : name;
  return url.href;
}
