import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob } from '#client';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';

const ACCEPT_MS = 5_000;
const LOST_MS = 1_000;
const AT_ONCE = 8;
const LIMIT_MS = 5 * 60_000;

/** What one key led to, and when that was known. */
interface Acknowledged {
  readonly key: string;
  readonly id: string;
  readonly at: number;
}

/** For each item in order, a few at once: an API that has too much to do would refuse a crowd. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  return results;
}

describe.skipIf(!redisAvailable)('A power cut that takes the last second of the append-only file', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ numWorkers: 0 });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
  });
  afterAll(() => stride.kill());

  const submit = async (key: string): Promise<string> => {
    const body = { model: 'tiny', observations: [[1, 2, 3]], seed: 1 };
    const params = { header: { 'Idempotency-Key': key } };
    return found(await stride.client.POST('/v1/sampling-jobs', { body, params })).id;
  };
  const isKnown = async (id: string): Promise<boolean> => {
    const { response } = await stride.client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } } });
    expect([200, 404]).toContain(response.status);
    return response.status === 200;
  };
  const appendedFile = async (): Promise<string> => {
    const admin = new Redis(stride.redis.url);
    const [[, directory], [, name]] = [await admin.config('GET', 'dir'), await admin.config('GET', 'appenddirname')];
    admin.disconnect();
    const folder = join(String(directory), String(name));
    const [newest] = readdirSync(folder).filter((file) => file.endsWith('.incr.aof'));
    return join(folder, newest ?? '');
  };

  it(
    'takes only jobs that were acknowledged within it; a repeat with the same key runs them',
    async () => {
      const file = await appendedFile();
      const lengths: { at: number; bytes: number }[] = [];
      const acknowledged: Acknowledged[] = [];
      const startedAt = performance.now();
      const isAccepting = () => performance.now() < startedAt + ACCEPT_MS;
      const produce = async (producer: number): Promise<void> => {
        for (let i = 0; isAccepting(); i++) {
          const key = `job-${producer}-${i}`;
          acknowledged.push({ key, id: await submit(key), at: performance.now() });
        }
      };
      // While a slow disk synchronises, Redis keeps what it acknowledges in a buffer: then the file says
      // nothing.
      const watchFile = async (): Promise<void> => {
        const admin = new Redis(stride.redis.url);
        while (isAccepting()) {
          const at = performance.now();
          if (/^aof_buffer_length:0\r$/m.test(await admin.info('persistence')))
            lengths.push({ at, bytes: statSync(file).size });
        }
        admin.disconnect();
      };
      await Promise.all([watchFile(), ...Array.from({ length: AT_ONCE }, (_, producer) => produce(producer))]);
      await stride.redis.kill();
      const kept = lengths.findLast(({ at }) => at <= performance.now() - LOST_MS);
      if (kept === undefined) throw new Error('no job was accepted in time');
      truncateSync(file, kept.bytes);
      await stride.redis.restart();
      await stride.startWorker();

      const known = await inTurns(acknowledged, ({ id }) => isKnown(id));
      const lost = acknowledged.filter((_, i) => !known[i]);
      process.stderr.write(`${lost.length} of ${acknowledged.length} acknowledged jobs were lost with their second\n`);
      expect(lost.length).toBeGreaterThan(0);
      expect(lost.filter(({ at }) => at <= kept.at)).toEqual([]);
      const repeated = await inTurns(acknowledged, ({ key }) => submit(key));
      const isSame = acknowledged.map(({ id }, i) => id === repeated[i]);
      expect(isSame).toEqual(known);
      const ends = await inTurns(repeated, (id) => waitForSamplingJob(stride.client, id));
      expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['succeeded']));
      expect(new Set(ends.map(({ result }) => result?.sha256)).size).toBe(1);
    },
    LIMIT_MS,
  );
});
