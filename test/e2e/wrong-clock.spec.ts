import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';

const SHIFT_MS = 10_000;
const shiftedClock = fileURLToPath(new URL('../shifted-clock.mjs', import.meta.url));

describe.skipIf(!redisAvailable)('A worker whose clock is 10 s wrong', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ numWorkers: 0 });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
  });
  afterAll(() => stride.stop());

  const submit = async (more: Partial<Schemas['SamplingRequest']>) =>
    found(
      await stride.client.POST('/v1/sampling-jobs', { body: { model: 'tiny', observations: [[1, 2, 3]], ...more } }),
    ).id;
  const startWorker = (shiftMs: number) =>
    stride.startWorker({ NODE_OPTIONS: `--import=${shiftedClock}`, CLOCK_SHIFT_MS: `${shiftMs}` });

  it.each([SHIFT_MS, -SHIFT_MS])('fails no job for its deadline, and misses none, at %i ms', async (shiftMs) => {
    const late = await submit({ deadlineMs: 1 });
    await until('the deadline of one has passed', async () => {
      const job = found(await stride.client.GET('/v1/sampling-jobs/{id}', { params: { path: { id: late } } }));
      return Date.now() > Date.parse(job.createdAt) + 1 || undefined;
    });
    const worker = await startWorker(shiftMs);
    expect(await waitForSamplingJob(stride.client, late)).toMatchObject({
      status: 'failed',
      error: { code: 'deadline_exceeded' },
    });
    const ids = await Promise.all(Array.from({ length: 10 }, () => submit({ deadlineMs: SHIFT_MS - 1_000 })));
    for (const id of ids) {
      const job = await waitForSamplingJob(stride.client, id);
      expect(job.status).toBe('succeeded');
      const times = [job.createdAt, job.startedAt, job.finishedAt].map((time) => Date.parse(time ?? ''));
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(job.timings.queuedSeconds).toBeLessThan(SHIFT_MS / 1_000);
    }
    await stride.stopWorker(worker);
  });
});
