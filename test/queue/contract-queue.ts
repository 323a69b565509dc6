import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { JobKind } from '#contract';
import { queueOptions, jobOptions, workerOptions } from '#queue';
import { startRedis, type TestRedis } from '../redis.js';

/** A Redis for the tests of a describe, and a queue of its own for each of them: see useContractQueue. */
let server: TestRedis;
export let redis: Redis;
export let queue: Queue;
let name = 0;
const workers: Worker[] = [];

/**
 * Starts the Redis of the describe that calls this, and ends it.
 * @param kind the queue is that of such jobs, empty for each test; default: of none
 */
export function useContractQueue(kind?: JobKind): void {
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    if (kind !== undefined) await redis.flushall();
    queue = new Queue(kind ?? `contract${name++}`, { ...queueOptions, connection: redis });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(true)));
    await queue.close();
  });
}

export function work(
  process: (job: Job, token?: string, signal?: AbortSignal) => Promise<unknown>,
  options = {},
): Worker {
  const worker = new Worker(queue.name, process, { ...workerOptions.sampling, connection: redis, ...options });
  worker.on('error', () => undefined);
  workers.push(worker);
  return worker;
}

export const add = (jobId: string, data: unknown = {}, options = {}) =>
  queue.add('sample', data, { ...jobOptions.sampling, jobId, ...options });
export const keyOf = (jobId: string, suffix = ''): string => `${queueOptions.prefix}:${queue.name}:${jobId}${suffix}`;
export const lockOf = (jobId: string): string => keyOf(jobId, ':lock');
export const errorCode = (worker: Worker) =>
  new Promise<unknown>((resolve) => worker.on('error', (error) => 'code' in error && resolve(error.code)));
/** Runs a worker until so many jobs have completed. */
export const drained = (worker: Worker, numJobs: number) =>
  new Promise<void>((resolve) => {
    let left = numJobs;
    worker.on('completed', () => --left === 0 && resolve());
    void worker.run();
  });
export const next = <Event>(worker: Worker, event: 'completed' | 'failed' | 'stalled') =>
  new Promise<Event>((resolve) => worker.once(event, (...args: unknown[]) => resolve(args[0] as Event)));

export function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
