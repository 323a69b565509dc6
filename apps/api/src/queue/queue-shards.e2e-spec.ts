import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobIdShard, newJobId } from '#contract';
import { meetingShard, QueueUnavailableError } from '#queue';
import { UnreadableRecords } from '#server';
import { loadApiConfig } from '../api-config.js';
import { JobIndex } from '../jobs/list/job-index.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/redis.js';
import { QueueShards } from './queue-shards.js';

const DAY_MS = 24 * 3_600_000;

describe.skipIf(!redisAvailable)('The shards of the API', () => {
  let server: TestRedis;
  let shards: QueueShards;

  beforeAll(async () => {
    server = await startRedis();
    shards = new QueueShards(loadApiConfig({ REDIS_URL: server.url, STRIDE_SHARDS: '5' }));
    expect(await shards.areReadyWithin(10_000)).toBe(true);
  });
  afterAll(async () => {
    await shards?.close();
    await server?.stop();
  });

  const textIn = (shard: number, count: number) => {
    const texts = Array.from({ length: 100 }, (_, i) => `key ${i}`);
    return texts.find((text) => meetingShard(text, count) === shard) ?? '';
  };
  const note = async (...counts: { count: number; agoMs: number }[]) => {
    const [{ redis, keys }] = shards.all;
    await redis.del(keys.shards);
    for (const { count, agoMs } of counts)
      await redis.rpush(keys.shards, JSON.stringify({ count, since: Date.now() - agoMs }));
    return new QueueShards(loadApiConfig({ REDIS_URL: server.url, STRIDE_SHARDS: '5' }));
  };

  it('note their number once, and nothing as long as there is one', async () => {
    const [{ redis, keys }] = shards.all;
    await shards.counts.note(1);
    expect(await redis.exists(keys.shards)).toBe(0);
    for (const count of [3, 3, 5]) await shards.counts.note(count);
    const noted = await redis.lrange(keys.shards, 0, -1);
    expect(noted.map((text) => /"count":(\d)/.exec(text)?.[1])).toEqual(['3', '5']);
    expect(await shards.counts.newest()).toBe(5);
  });

  it('find what met by a number of the last day, and look nowhere else', async () => {
    const again = await note({ count: 3, agoMs: 2 * DAY_MS }, { count: 5, agoMs: DAY_MS / 2 });
    expect(await again.areReadyWithin(10_000)).toBe(true);
    for (let i = 0; i < 20; i++) {
      const places = await again.meeting(`key ${i}`);
      const expected = [...new Set([meetingShard(`key ${i}`, 5), meetingShard(`key ${i}`, 3)])];
      expect(places.map((place) => again.all.indexOf(place))).toEqual(expected);
    }
    await again.close();
  });

  it('look in one place a day after their number has changed', async () => {
    const again = await note({ count: 3, agoMs: 3 * DAY_MS }, { count: 5, agoMs: 2 * DAY_MS });
    expect(await again.areReadyWithin(10_000)).toBe(true);
    for (let i = 0; i < 20; i++) expect(await again.meeting(`key ${i}`)).toHaveLength(1);
    await again.close();
  });

  describe('while one is away', () => {
    const AWAY = 2;
    beforeAll(async () => {
      const { redis } = shards.holding(newJobId('sampling', Date.now(), AWAY));
      const ended = once(redis, 'end');
      redis.disconnect();
      await ended;
    });

    it('are not all ready, and a list of all is refused', async () => {
      expect(shards.areReady).toBe(false);
      const index = new JobIndex(shards, new UnreadableRecords(), { STRIDE_KEPT_RESULTS: 20_000 });
      await expect(index.page({ kind: 'sampling' }, 10, {})).rejects.toBeInstanceOf(QueueUnavailableError);
    });

    it('take new jobs into the others', () => {
      const taken = Array.from({ length: 200 }, () => jobIdShard(shards.newJobId('sampling', undefined)));
      expect(new Set(taken)).toEqual(new Set([0, 1, 3, 4]));
    });

    it('refuse what has to meet there, and its jobs, and no others', async () => {
      const reader = new JobReader(shards, new UnreadableRecords());
      for (const shard of [0, 1, 2, 3, 4]) {
        const meeting = shards.meeting(textIn(shard, 5));
        const read = reader.read('sampling', newJobId('sampling', Date.now(), shard));
        if (shard === AWAY) {
          await expect(meeting).rejects.toBeInstanceOf(QueueUnavailableError);
          await expect(read).rejects.toBeInstanceOf(QueueUnavailableError);
        } else {
          expect(await read).toBeUndefined();
        }
        await meeting.catch(() => undefined);
      }
    });

    it('have no job in a shard that is not there', async () => {
      const reader = new JobReader(shards, new UnreadableRecords());
      expect(await reader.read('sampling', newJobId('sampling', Date.now(), 7))).toBeUndefined();
    });
  });
});
