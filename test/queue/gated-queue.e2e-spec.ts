import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  GatedQueue,
  NewJobs,
  producerConnection,
  queueOptions,
  QueueUnavailableError,
  jobOptions,
  RedisClock,
} from '#queue';
import { CutLine } from '../cut-line.js';
import { startRedis, type TestRedis } from '../redis.js';

let server: TestRedis;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  server = await startRedis();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await server.stop();
});

interface Gated {
  readonly gate: GatedQueue;
  readonly redis: Redis;
  readonly jobs: NewJobs;
}

/** A queue as the API makes it: on a connection that fails fast. */
function gatedQueue(url = server.url): Gated {
  const redis = new Redis(url, producerConnection);
  redis.on('error', () => undefined);
  const queue = new Queue('sampling', { ...queueOptions, connection: redis });
  queue.on('error', () => undefined);
  closing.push(async () => redis.disconnect());
  return { gate: new GatedQueue(queue), redis, jobs: new NewJobs(redis) };
}

const nextEvent = (redis: Redis, name: 'ready' | 'close') =>
  redis.status === name ? Promise.resolve() : new Promise<void>((resolve) => redis.once(name, () => resolve()));
const options = { ...jobOptions.sampling, priority: 2 };
const add = ({ gate, jobs }: Gated, jobId: string) => jobs.add(gate, { kind: 'sampling', jobId, data: {}, options });

/** Adds until the gate lets it through; the gate opens shortly after Redis is there. */
async function addOnceOpen(gated: Gated, jobId: string): Promise<void> {
  for (;;) {
    try {
      await add(gated, jobId);
      return;
    } catch (error) {
      if (!(error instanceof QueueUnavailableError)) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('a gated queue', () => {
  it('refuses while Redis has never been there, opens by itself, and adds nothing that it has refused', async () => {
    await server.kill();
    const gated = gatedQueue();
    const { gate, redis } = gated;
    await expect(add(gated, 'ghost')).rejects.toMatchObject({ code: 'queue_unavailable', retryAfterSeconds: 2 });
    await server.restart();
    await nextEvent(redis, 'ready');
    await addOnceOpen(gated, 'real');
    expect((await gate.queue.getJobs()).map(({ id }) => id)).toEqual(['real']);
  });

  it('refuses during an outage and works again after it', async () => {
    const gated = gatedQueue();
    const { gate, redis } = gated;
    await nextEvent(redis, 'ready');
    await addOnceOpen(gated, 'before');
    await server.kill();
    await nextEvent(redis, 'close');
    await expect(add(gated, 'during')).rejects.toBeInstanceOf(QueueUnavailableError);
    await server.restart(); // without its data: this server keeps none
    await nextEvent(redis, 'ready');
    await addOnceOpen(gated, 'after');
    expect((await gate.queue.getJobs()).map(({ id }) => id)).toEqual(['after']);
  });

  it('gives up on a Redis that holds the connection and does not answer', async () => {
    const gated = gatedQueue();
    const { redis } = gated;
    await nextEvent(redis, 'ready');
    await addOnceOpen(gated, 'before');
    if (server.pid === undefined) throw new Error('the server runs');
    process.kill(server.pid, 'SIGSTOP');
    try {
      await expect(add(gated, 'unknown')).rejects.toMatchObject({ code: 'outcome_unknown' });
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });

  it('adds nothing that arrives after it has given up, and says that it cannot know', async () => {
    const line = await CutLine.to(server.port);
    closing.push(async () => line.close());
    const gated = gatedQueue(`redis://127.0.0.1:${line.port}`);
    await nextEvent(gated.redis, 'ready');
    await addOnceOpen(gated, 'before');
    line.cut();
    const unknown = await add(gated, 'ghost').catch((error: unknown) => error);
    expect(unknown).toMatchObject({ code: 'outcome_unknown', retryAfterSeconds: 2 });
    line.mend();
    await addOnceOpen(gated, 'after'); // behind it on the same connection
    expect(new Set((await gated.gate.queue.getJobs()).map(({ id }) => id))).toEqual(new Set(['after', 'before']));
  });

  it('does not take a Redis whose clock was set for one that is late', async () => {
    const gated = gatedQueue();
    await nextEvent(gated.redis, 'ready');
    await addOnceOpen(gated, 'before');
    const now = vi.spyOn(RedisClock.prototype, 'now').mockReturnValueOnce(1_000);
    await add(gated, 'once more');
    now.mockRestore();
    expect(await gated.gate.queue.getJobs()).toHaveLength(2);
  });

  it('passes on what Redis itself refuses', async () => {
    const gated = gatedQueue();
    const { redis } = gated;
    await nextEvent(redis, 'ready');
    await addOnceOpen(gated, 'before');
    await redis.config('SET', 'maxmemory', '1');
    await expect(add(gated, 'too much')).rejects.toThrow(/OOM/);
  });
});
