import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { initialParameters, SAMPLING_LIMITS } from '#ddim';
import { SamplingJobData } from '#contract';
import { encodeNpy } from '#storage';
import { redisAvailable } from '../redis.js';
import { answerOf, good, JOBS, post } from './bad-inputs/bad-input.js';
import { chunkingRefusals, noActions, optionRefusals, warmStartRefusals } from './bad-inputs/option-refusals.js';
import { playedResult, playWorker, TestApi, tinyConfig, tinySchedule } from './test-api.js';

const waiting = { prefer: 'wait=30' };

describe.skipIf(!redisAvailable)('The options of a sampling job', () => {
  let api: TestApi;
  let worker: { close(): Promise<void> };
  const seen: SamplingJobData[] = [];
  const kept: unknown[] = [];

  beforeAll(async () => {
    api = await TestApi.start(undefined, { STRIDE_KEPT_RESULTS: '1234' });
    await api.publish('blind', {
      config: { ...tinyConfig, predictionType: 'epsilon' },
      schedule: { ...tinySchedule, rescaleBetasZeroSnr: true },
    });
    worker = await playWorker(api.redis.url, (job) => {
      const data = SamplingJobData.parse(job.data);
      seen.push(data);
      kept.push(job.opts.removeOnComplete);
      return Promise.resolve(playedResult(data));
    });
  });
  afterAll(async () => {
    await worker.close();
    await api.stop();
  });

  /** The job that a worker gets for a request. */
  const accepted = async (change: object): Promise<SamplingJobData | undefined> => {
    const answer = await post(JOBS, { ...good, seed: 1, ...change }, waiting)(api);
    expect(answer).toMatchObject({ status: 200 });
    return seen.at(-1);
  };

  describe('are refused with the field, its range and what came', () => {
    const refusals = [...optionRefusals, ...warmStartRefusals, ...chunkingRefusals];
    for (const [change, path, message, code = 'validation_failed'] of refusals) {
      it(JSON.stringify(change), async () => {
        const answer = await post(JOBS, { ...good, ...change })(api);
        expect(answer).toMatchObject({ status: 422, body: { code } });
        expect(answer?.body).toHaveProperty('errors', expect.arrayContaining([{ path, message }]));
      });
    }
  });

  it('the operator says how many of the newest results are kept', async () => {
    await accepted({});
    expect(kept.at(-1)).toEqual({ count: 1_234 });
  });

  it.each([
    ['NaN', 'warmStart', {}],
    ['1e400', 'warmStart', {}],
    ['1e400', 'realTimeChunking', { delaySteps: 1 }],
  ])('%s in %s.previousActions is refused', async (value, field, others) => {
    const body = JSON.stringify({ ...good, [field]: { previousActions: noActions, executedSteps: 0, ...others } });
    const answer = await answerOf(await api.post(JOBS, body.replace('[0,0]', `[0,${value}]`)));
    if (value === 'NaN') expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    else
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'non_finite_input', errors: [{ path: `${field}.previousActions` }] },
      });
  });

  it.each([
    ['sample', {}],
    ['interpolate', { mode: 'interpolate' }],
  ])('no job is accepted that would not fit into an empty engine, in mode %s', async (mode, change) => {
    const config = { ...tinyConfig, actionHorizon: 32_768, hiddenSize: 1 };
    const wide = { scale: Float32Array.of(1, 1), offset: Float32Array.of(0, 0) };
    await api.publish(`wide-${mode}`, { config, actionNormalizer: wide, parameters: initialParameters(config, 1) });
    const D = config.actionHorizon * config.actionDim;
    const bytesPerRow = 4 * ((mode === 'sample' ? 3 : 4) * D + config.hiddenSize);
    const most = Math.floor((SAMPLING_LIMITS.bytes - 12) / bytesPerRow); // 12 bytes of observations
    const request = { ...good, model: `wide-${mode}`, ...change };
    expect(await post(JOBS, { ...request, samplesPerObservation: most })(api)).toMatchObject({ status: 202 });
    expect(await post(JOBS, { ...request, samplesPerObservation: most + 1 })(api)).toMatchObject({
      status: 422,
      body: {
        code: 'limit_exceeded',
        errors: [
          {
            path: 'samplesPerObservation',
            message: `at most 536870912 bytes of rows and inputs, got ${(most + 1) * bytesPerRow + 12}`,
          },
        ],
      },
    });
  });

  it('starts where ε says something when the level without signal is left out', async () => {
    expect(await accepted({ model: 'blind', strength: 0.9, initialActions: noActions })).toMatchObject({ steps: 9 });
  });

  describe('that say where it starts', () => {
    const plan = [0, 1, 2, 3].map((h) => [h / 8, -h / 4]);
    const previousActions = [plan];
    const shifted = [[...plan.slice(1), ...plan.slice(-1)]];
    const warmStart = { previousActions, executedSteps: 1 };

    it.each([
      [1, 99],
      [0.99, 89],
      [0.5, 49],
      [0.1, 9],
    ])('strength %d of 10 trailing steps is startTimestep %i', async (strength, startTimestep) => {
      const start = { initialActions: noActions };
      expect(await accepted({ strength, ...start })).toEqual(await accepted({ startTimestep, ...start }));
    });

    it.each([
      ['by default at half the steps', {}, { startTimestep: 49 }],
      ['at a strength', { strength: 0.3 }, { startTimestep: 29 }],
      ['at a timestep', { startTimestep: 25 }, { startTimestep: 25 }],
      ['with another number of steps', { numInferenceSteps: 4 }, { numInferenceSteps: 4, startTimestep: 49 }],
      ['with Edifice’s timesteps', { compat: 'edifice' }, { compat: 'edifice', startTimestep: 49 }],
      [
        'with the actions fixed that are on their way',
        { fixedActions: { mask: [1, 0, 0, 0], values: shifted } },
        { startTimestep: 49, fixedActions: { mask: [1, 0, 0, 0], values: shifted } },
      ],
    ])('a warm start is the job of the shifted actions as initialActions, %s', async (_, change, byHand) => {
      expect(await accepted({ warmStart, ...change })).toEqual(await accepted({ initialActions: shifted, ...byHand }));
    });

    it('a plan under way is shifted, and its options are complete, no further than it reaches', async () => {
      const chunk = { previousActions, executedSteps: 1, delaySteps: 1 };
      const initialActions = (await accepted({ strength: 0.5, initialActions: shifted }))?.request.initialActions;
      const job = await accepted({ numInferenceSteps: 5, realTimeChunking: chunk });
      const used = { delaySteps: 1, executionHorizon: 3, schedule: 'exp', maxWeight: 5 };
      expect(job?.request.realTimeChunking).toEqual({ previousActions: initialActions, ...used });
      const late = { ...chunk, executedSteps: 3, delaySteps: 2, schedule: 'linear', maxWeight: 2.5 };
      const answer = await post(JOBS, { ...good, realTimeChunking: late }, waiting)(api);
      expect(answer).toMatchObject({
        status: 200,
        body: { realTimeChunking: { delaySteps: 1, executionHorizon: 1, schedule: 'linear', maxWeight: 2.5 } },
      });
      expect(await post(JOBS, good)(api)).toMatchObject({ body: { realTimeChunking: null } });
    });

    it('a warm start takes an artifact, and leaves it as it is', async () => {
      const rows = Array.from({ length: 300 }, () => plan);
      const inline = await accepted({ samplesPerObservation: 300, warmStart: { ...warmStart, previousActions: rows } });
      const upload = await api.fetch('/v1/artifacts', {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Uint8Array(
          encodeNpy({ dtype: 'float32', shape: [300, 4, 2], data: Float32Array.from(rows.flat(2).map(Number)) }),
        ),
      });
      const { id: artifact } = z.object({ id: z.string() }).parse(await upload.json());
      const named = { ...warmStart, previousActions: { artifact } };
      expect(await accepted({ samplesPerObservation: 300, warmStart: named })).toEqual(inline);
    });
  });
});
