import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForSamplingJob, type Schemas } from '#client';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';

type Request = Schemas['SamplingRequest'];

describe.skipIf(!redisAvailable)('What there is to know of a sampling job', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
  });
  afterAll(() => stride.stop());

  const asked = { model: 'tiny', observations: [[1, 2, 3]], seed: 5 } satisfies Request;
  const submit = async (request: Partial<Request> = {}) =>
    found(await stride.client.POST('/v1/sampling-jobs', { body: { ...asked, ...request } })).id;
  const run = async (request?: Partial<Request>) => waitForSamplingJob(stride.client, await submit(request));
  const path = (id: string) => ({ params: { path: { id } } });
  const trace = async (id: string) => found(await stride.client.GET('/v1/sampling-jobs/{id}/trace', path(id)));
  const list = async (query: string) => {
    const response = await fetch(`${stride.url}/v1/sampling-jobs?${query}`);
    return ((await response.json()) as Schemas['SamplingJobPage']).items.map(({ id }) => id);
  };

  it('includes where its time went: every step of its rows, in order, between its start and its end', async () => {
    const { id } = await run({ samplesPerObservation: 6 });
    const { macroSteps, readySeconds, store, startedAt, finishedAt, attempt } = await trace(id);
    expect(attempt).toBe(1);
    expect(macroSteps.reduce((sum, { steps, rows }) => sum + steps * rows, 0)).toBe(6 * 10);
    for (const [i, { startSeconds, endSeconds, rows, batchRows }] of macroSteps.entries()) {
      expect(startSeconds).toBeGreaterThanOrEqual(macroSteps[i - 1]?.endSeconds ?? readySeconds ?? Infinity);
      expect(endSeconds).toBeGreaterThan(startSeconds);
      expect(batchRows).toBeGreaterThanOrEqual(rows);
    }
    const lastStep = macroSteps.at(-1)?.endSeconds ?? Infinity;
    expect(store?.startSeconds).toBeGreaterThanOrEqual(lastStep);
    expect(Date.parse(finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
  });

  it('includes it while it runs, if somebody follows it', async () => {
    const id = await submit({ samplesPerObservation: 1_000, numInferenceSteps: 100, previewEvery: 1 });
    const seen = new Set<number>();
    const callsUntilNow = async () => (await trace(id)).macroSteps.reduce((sum, { calls }) => sum + calls, 0);
    for await (const { type } of followEvents(stride.client, id))
      if (type === 'preview') seen.add(await callsUntilNow());
    const all = await callsUntilNow();
    expect([...seen].some((calls) => calls > 0 && calls < all)).toBe(true);
  });

  it('includes what it was asked for, which sent again gives the same bytes', async () => {
    const observations = [
      [0.1, 0.2, 0.3],
      [1, 2, 3],
    ];
    const plan = Array.from({ length: 2 }, (_row, row) => Array.from({ length: 4 }, (_step, h) => [row / 4, h / 8]));
    const requests: Partial<Request>[] = [
      { observations, eta: 0.5, numInferenceSteps: 7, clipSampleRange: 2, metadata: { robot: 'left' } },
      { observations, warmStart: { previousActions: plan, executedSteps: 1 }, strength: 0.5 },
      { observations, realTimeChunking: { previousActions: plan, executedSteps: 1, delaySteps: 1 } },
      { observations, fixedActions: { mask: [1, 0, 0, 0], values: plan }, timestepSpacing: 'leading' },
      { observations, mode: 'encode', initialActions: plan },
      { observations: [[1, 2, 3]], mode: 'interpolate', samplesPerObservation: 3, seed: 9 },
    ];
    for (const request of requests) {
      const before = await run(request);
      const again = found(await stride.client.GET('/v1/sampling-jobs/{id}/request', path(before.id)));
      expect(again.missing).toEqual([]);
      const after = await run(again.request);
      expect(after.result?.sha256).toBe(before.result?.sha256);
      expect(after.metadata).toEqual(before.metadata);
    }
  });

  it('includes the predicted x0 of each step of a short job that asks for it', async () => {
    const id = await submit({ previewEvery: 1 });
    const steps: unknown[] = [];
    for await (const { type, data } of followEvents(stride.client, id))
      if (type === 'preview' && typeof data === 'object' && data !== null && 'step' in data) steps.push(data.step);
    expect(steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]); // the tenth is the result
  });

  it('is found by class, time, part of its id, or as one of several', async () => {
    const before = new Date(Date.now() - 1).toISOString();
    const bulk = await run({ priority: 'bulk' });
    const normal = await run();
    expect(await list(`priority=bulk&from=${before}`)).toEqual([bulk.id]);
    expect(await list(`from=${before}`)).toEqual([normal.id, bulk.id]);
    expect(await list(`until=${before}`)).not.toContain(bulk.id);
    expect(await list(`id=${bulk.id.slice(18)}`)).toEqual([bulk.id]);
    expect(await list(`id=${bulk.id.slice(0, 29)}`)).toEqual([bulk.id]);
    expect(await list(`ids=${bulk.id},${normal.id}&priority=normal`)).toEqual([normal.id]);
    expect((await fetch(`${stride.url}/v1/sampling-jobs?ids=${bulk.id},trn_1`)).status).toBe(422);
  });

  it('is cancelled with others, each on its own', async () => {
    const done = await run();
    for (const worker of stride.workers) await stride.stopWorker(worker);
    const waiting = await Promise.all([submit(), submit()]);
    const unknown = 'smp_01M86RV6E0FWPYCET8VYTYZGHV';
    const ids = [...waiting, done.id, unknown];
    const { items } = found(await stride.client.POST('/v1/sampling-jobs/cancel', { body: { ids } }));
    expect(items.map(({ status }) => status)).toEqual([202, 202, 409, 404]);
    expect(items.map(({ job, problem }) => job?.status ?? problem?.code)).toEqual([
      'cancelled',
      'cancelled',
      'job_finished',
      'not_found',
    ]);
    await until('both are gone', async () => ((await list('status=queued')).length === 0 ? true : undefined));
  });
});
