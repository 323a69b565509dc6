import { Queue, Worker, type Job } from 'bullmq';
import { BULL_PRIORITY, GatedQueue, JobEnds, jobOptions, NewJobs, queueOptions, Shards, workerOptions } from '#queue';
import { createWorkerRedis, redisAddress } from '#server';

/** Jobs that one worker runs at a time, over all of its shards. */
const CONCURRENCY = 8;

/** The queue of one hash slot, and the Redis server that has it. */
interface ShardAddress {
  readonly url: string;
  readonly prefix: string;
}

/** One shard on each server. */
export function shardsAt<Part>(urls: readonly string[], make: (address: ShardAddress) => Part): Shards<Part> {
  return new Shards(urls.length, (prefix, shard) => make({ prefix, url: urls[shard] ?? '' }));
}

/** What all clients of one process share for a shard: its connections, and who waits for which job. */
export class ShardClients {
  readonly #waiting = new Map<string, () => void>();
  readonly #queue: GatedQueue;
  readonly #jobs: NewJobs;
  readonly #ends: JobEnds;

  constructor({ url, prefix }: ShardAddress) {
    const address = redisAddress({ REDIS_URL: url });
    const redis = createWorkerRedis(address);
    this.#queue = new GatedQueue(new Queue('sampling', { ...queueOptions, prefix, connection: redis }));
    this.#jobs = new NewJobs(redis, prefix);
    this.#ends = new JobEnds(redis, createWorkerRedis(address), prefix);
  }

  async start(): Promise<void> {
    await this.#queue.queue.waitUntilReady();
    const onEnd = (jobId: string) => this.#waiting.get(jobId)?.();
    await this.#ends.subscribe('sampling', { onEnd, onSubscribed: () => undefined });
  }

  /**
   * Submits a job and waits for its end; a message that was lost would stop the client and be seen.
   * @throws QueueUnavailableError when the job was not acknowledged in time
   */
  async runJob(jobId: string): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#waiting.set(jobId, resolve));
    const options = { priority: BULL_PRIORITY.normal, ...jobOptions.sampling };
    try {
      await this.#jobs.add(this.#queue, { kind: 'sampling', jobId, data: {}, options });
      await ended;
    } finally {
      this.#waiting.delete(jobId);
    }
  }
}

/** A worker whose engine takes no time: it serves each shard with an equal part of its places. */
export async function startWorker(urls: readonly string[]): Promise<void> {
  const starting = shardsAt(urls, (address) => address).all.map(async ({ url, prefix }) => {
    const connection = createWorkerRedis(redisAddress({ REDIS_URL: url }));
    const ends = new JobEnds(connection, undefined, prefix);
    const concurrency = Math.max(1, Math.floor(CONCURRENCY / urls.length));
    const options = { ...workerOptions.sampling, prefix, concurrency, connection };
    const worker = new Worker('sampling', () => Promise.resolve({}), options);
    worker.on('error', (error) => console.error(error.message));
    worker.on('completed', ({ id = '', attemptsStarted }: Job) => {
      const attempt = { kind: 'sampling', jobId: id, attemptsStarted } as const;
      ends.publish(attempt, { type: 'succeeded' }).catch((error: unknown) => console.error(error));
    });
    await worker.waitUntilReady();
  });
  await Promise.all(starting);
}
