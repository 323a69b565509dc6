import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForSamplingJob, waitForTrainingJob } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride, type TestWorker } from '../stride.js';
import { someObservations, trainingRequest, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const training = (model: string) =>
  trainingRequest({ model, hiddenSize: 128, steps: 1_500, checkpointEverySteps: 300 });
const TAKE_OVER_MS = 240_000; // a training lock is 30 s long, and a stall is found by mark and sweep

describe.skipIf(!redisAvailable)('Workers that come and go', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'slow', hiddenSize: 256 });
  });
  afterAll(() => stride.stop());

  const firstWorker = (): TestWorker => {
    const [worker] = stride.workers;
    if (worker === undefined) throw new Error('no worker runs');
    return worker;
  };
  const sampling = {
    model: 'slow',
    observations: someObservations(64),
    samplesPerObservation: 2,
    numInferenceSteps: 1_000,
    seed: 11,
  };
  const submitSampling = async (body: typeof sampling) =>
    found(await stride.client.POST('/v1/sampling-jobs', { body })).id;
  const submitTraining = async (model: string) =>
    found(await stride.client.POST('/v1/training-jobs', { body: training(model) })).id;
  /**
   * The steps that a training job's stream gives, from its beginning or after an event; a finished job's
   * stream ends by itself.
   */
  const stepsPublished = async (id: string, lastEventId?: string) => {
    const heard: { readonly eventId: string; readonly step: unknown }[] = [];
    for await (const { id: eventId, type, data } of followEvents(stride.client, id, { lastEventId }))
      if (type === 'metrics') heard.push({ eventId, step: Reflect.get(Object(data), 'step') });
    return heard;
  };
  const stepsOfHistory = async (id: string, query?: { after: number; limit: number }) => {
    const params = { path: { id }, query };
    const { items } = found(await stride.client.GET('/v1/training-jobs/{id}/metrics', { params }));
    return items.map(({ step }) => step);
  };
  const untilEvent = async (id: string, type: string): Promise<void> => {
    for await (const event of followEvents(stride.client, id)) if (event.type === type) return;
    throw new Error(`${id} ended without ${type}`);
  };

  it(
    'a worker killed with -9 in the middle of a sampling and a training job changes no byte of either',
    async () => {
      const undisturbed = await waitForSamplingJob(stride.client, await submitSampling(sampling));
      const reference = await waitForTrainingJob(stride.client, await submitTraining('reference'));

      const trainingId = await submitTraining('disturbed');
      const live = stepsPublished(trainingId);
      await untilEvent(trainingId, 'checkpoint');
      const samplingId = await submitSampling(sampling);
      await untilEvent(samplingId, 'step');
      await stride.killWorker(firstWorker());
      await stride.startWorker();

      const sampled = await waitForSamplingJob(stride.client, samplingId);
      expect(sampled).toMatchObject({ status: 'succeeded', result: { sha256: undisturbed.result?.sha256 } });
      const trained = await waitForTrainingJob(stride.client, trainingId);
      expect(trained).toMatchObject({ status: 'succeeded', result: { sha256: reference.result?.sha256 } });

      // Every step is published once, although some were done twice: to whoever followed all the time, comes
      // back, or asks for the history.
      const every10th = Array.from({ length: 150 }, (_, i) => 10 * (i + 1));
      const heard = await live;
      expect(heard.map(({ step }) => step)).toEqual(every10th);
      expect(await stepsPublished(trainingId)).toEqual(heard);
      expect(await stepsPublished(trainingId, heard[40]?.eventId)).toEqual(heard.slice(41));
      expect(await stepsOfHistory(trainingId)).toEqual(every10th);
      expect(await stepsOfHistory(trainingId, { after: 400, limit: 3 })).toEqual([410, 420, 430]);
    },
    TAKE_OVER_MS,
  );

  it(
    'a worker asked to end finishes its jobs or hands them over, with the same bytes',
    async () => {
      const undisturbed = await waitForSamplingJob(stride.client, await submitSampling({ ...sampling, seed: 12 }));
      const id = await submitSampling({ ...sampling, seed: 12 });
      await untilEvent(id, 'step');
      const leaving = firstWorker();
      await stride.startWorker();
      await stride.stopWorker(leaving);
      const job = await waitForSamplingJob(stride.client, id);
      expect(job).toMatchObject({ status: 'succeeded', result: { sha256: undisturbed.result?.sha256 } });
    },
    TAKE_OVER_MS,
  );

  it(
    'a second worker joins and leaves under load: every job succeeds with the bytes it has alone',
    async () => {
      const bodies = Array.from({ length: 120 }, (_, seed) => ({
        ...sampling,
        observations: someObservations(1 + (seed % 5)),
        samplesPerObservation: 1,
        numInferenceSteps: 20 + (seed % 7) * 10,
        seed,
      }));
      const alone = new Map<number, string | undefined>();
      for (const body of bodies.slice(0, 10))
        alone.set(body.seed, (await waitForSamplingJob(stride.client, await submitSampling(body))).result?.sha256);

      const ids = await Promise.all(bodies.map(submitSampling));
      let finished = 0;
      let onThird: (() => void) | undefined;
      const third = new Promise<void>((resolve) => (onThird = resolve));
      const ends = Promise.all(
        ids.map(async (id) => {
          const job = await waitForSamplingJob(stride.client, id);
          finished += 1;
          if (finished === 40) onThird?.();
          return job;
        }),
      );
      const joined = await stride.startWorker();
      await third;
      await stride.stopWorker(joined);
      const jobs = await ends;
      expect(new Set(jobs.map(({ status }) => status))).toEqual(new Set(['succeeded']));
      for (const [seed, sha256] of alone) expect(jobs[seed]?.result?.sha256).toBe(sha256);
    },
    TAKE_OVER_MS,
  );
});
