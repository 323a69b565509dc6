import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { HORIZON, someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

type Request = Partial<Schemas['SamplingRequest']>;

const ROWS = 3;
const EXECUTED = 2;

describe.skipIf(!redisAvailable)('A plan under way over real processes', () => {
  let stride: TestStride;
  let previousActions: number[][][];

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
    previousActions = await sample({});
  });
  afterAll(() => stride.stop());

  async function sample(change: Request): Promise<number[][][]> {
    const body = { model: 'tiny', observations: someObservations(ROWS), seed: 3, numInferenceSteps: 10, ...change };
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const job = await waitForSamplingJob(stride.client, id);
    expect(job).toMatchObject({ status: 'succeeded', error: null });
    const response = await fetch(`${stride.url}/v1/sampling-jobs/${id}/result`);
    return (await response.json()) as number[][][]; // float32 survives JSON
  }

  /** What a client did before: forget the executed actions, and repeat the last one. */
  function shiftedByHand(): number[][][] {
    return previousActions.map((plan) =>
      plan.map((_, h) => plan[Math.min(h + EXECUTED, HORIZON - 1)] ?? expect.unreachable()),
    );
  }

  it('finds the newest model loaded on a worker that has just started, before it takes jobs', async () => {
    const worker = await stride.startWorker();
    const metrics = await (await fetch(worker.metrics)).text();
    expect(metrics).toMatch(/^stride_models_loaded 1$/m);
    await stride.stopWorker(worker);
  });

  const warmStart = () => ({ previousActions, executedSteps: EXECUTED });

  // T = 1,000 in 10 leading steps: 900, 800, ..., 0.
  it.each<[what: string, change: Request, byHand: Request]>([
    ['alone', {}, { startTimestep: 400 }],
    ['with a strength and eta', { strength: 0.3, eta: 1 }, { startTimestep: 200, eta: 1 }],
    ['with other steps', { numInferenceSteps: 4, startTimestep: 300 }, { numInferenceSteps: 4, startTimestep: 300 }],
  ])('starts the next one, with the bytes of shifting by hand, %s', async (_, change, byHand) => {
    const warm = await sample({ ...change, warmStart: warmStart() });
    expect(warm).toEqual(await sample({ ...byHand, initialActions: shiftedByHand() }));
    expect(warm).not.toEqual(await sample({ eta: byHand.eta }));
  });

  it('keeps the actions that are fixed beside a warm start', async () => {
    const values = shiftedByHand();
    const fixedActions = { mask: [1, ...Array<0>(HORIZON - 1).fill(0)] as (0 | 1)[], values };
    const warm = await sample({ fixedActions, warmStart: warmStart() });
    expect(warm).toEqual(await sample({ fixedActions, initialActions: values, startTimestep: 400 }));
    for (const [row, plan] of warm.entries())
      for (const [i, value] of (plan[0] ?? []).entries()) expect(value).toBeCloseTo(values[row]?.[0]?.[i] ?? NaN, 5);
  });

  it('pulls the next one towards it, and not at all with weight 0', async () => {
    const chunk = { previousActions, executedSteps: EXECUTED, delaySteps: 0, executionHorizon: 0 };
    const free = await sample({ seed: 4 });
    expect(await sample({ seed: 4, realTimeChunking: chunk })).toEqual(free);
    const pulled = await sample({ seed: 4, realTimeChunking: { ...chunk, delaySteps: 1, executionHorizon: 1 } });
    const seam = (plans: number[][][]) =>
      plans.flatMap((plan, row) =>
        (plan[0] ?? []).map((value, i) => Math.abs(value - (shiftedByHand()[row]?.[0]?.[i] ?? Number.NaN))),
      );
    expect(Math.max(...seam(pulled))).toBeLessThan(Math.max(...seam(free)) / 3);
  });
});
