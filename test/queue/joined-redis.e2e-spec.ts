import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProducerRedis, createWorkerRedis, redisAddress } from '#server';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';
import { until } from '../until.js';

describe.skipIf(!redisAvailable)('The commands of one turn of the event loop', () => {
  let server: TestRedis;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = createWorkerRedis(redisAddress({ REDIS_URL: server.url }));
  });
  beforeEach(() => until('connected', () => Promise.resolve(redis.status === 'ready' || undefined)));
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  it('leave together when it ends, transactions included, and are done in order', async () => {
    const { stream } = redis;
    const before = stream.bytesWritten;
    const answers = [redis.set('a', '1'), redis.multi().incr('a').incr('a').exec(), redis.incr('a'), redis.get('a')];
    expect([stream.writableCorked, stream.writableLength > 0]).toEqual([1, true]);
    expect(stream.bytesWritten - before).toBe(stream.writableLength); // counts what is held back as well
    expect(await Promise.all(answers)).toMatchObject([
      'OK',
      [
        [null, 2],
        [null, 3],
      ],
      4,
      '4',
    ]);
    expect(stream.writableCorked).toBe(0);
  });

  it('are sent while earlier ones have no answer', async () => {
    const { stream } = redis;
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    let isAnswered = false;
    // there is no replica: it takes its whole time
    const slow = redis.wait(1, 200).finally(() => (isAnswered = true));
    await turn();
    const before = stream.bytesWritten;
    const next = redis.ping();
    await turn();
    expect([isAnswered, stream.bytesWritten > before, stream.writableCorked]).toEqual([false, true, 0]);
    await Promise.all([slow, next]);
  });

  it('are not stuck when the connection is lost in that turn', async () => {
    const lost = redis.get('a').catch(() => 'lost');
    redis.disconnect(true);
    await lost;
    await until('it answers again', async () => ((await redis.ping()) === 'PONG' ? true : undefined));
    expect(await Promise.all([redis.set('b', '2'), redis.get('b')])).toEqual(['OK', '2']);
  });
});

describe.skipIf(!redisAvailable)('A process that is late', () => {
  it('takes its own lateness for no silence of Redis', async () => {
    const server = await startRedis();
    const redis = createProducerRedis(redisAddress({ REDIS_URL: server.url }));
    await until('connected', () => Promise.resolve(redis.status === 'ready' || undefined));
    let isLost = false;
    redis.on('close', () => (isLost = true));
    const answers = [redis.set('a', '1'), redis.get('a')];
    await new Promise((resolve) => setImmediate(resolve)); // the commands are sent
    // longer than both limits; the answers are there
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_600);
    expect(await Promise.all(answers)).toEqual(['OK', '1']);
    expect(isLost).toBe(false);
    redis.disconnect();
    await server.stop();
  });
});
