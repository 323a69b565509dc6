import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForSamplingJob, waitForTrainingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { someObservations, trainingRequest, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';

const NUM_JOBS = 3_000;
const NUM_WORKERS = 2;
const KILL_EVERY_JOBS = 300;
const TRAINING_KILLS = 5;
const LIMIT_MS = 20 * 60_000;

describe.skipIf(!redisAvailable)('Processes that are killed again and again', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ numWorkers: NUM_WORKERS });
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny', hiddenSize: 128 });
  });
  afterAll(() => stride.stop());

  const bodyOf = (seed: number): Schemas['SamplingRequest'] => ({
    model: 'tiny',
    observations: someObservations(1 + (seed % 4)),
    numInferenceSteps: 10 + (seed % 5) * 20,
    eta: seed % 2,
    seed,
  });
  const submit = async (seed: number) =>
    found(await stride.client.POST('/v1/sampling-jobs', { body: bodyOf(seed) })).id;
  const shaOf = async (id: string) => {
    const job = await waitForSamplingJob(stride.client, id);
    return job.status === 'succeeded' ? job.result?.sha256 : `${job.status} ${job.error?.code}`;
  };
  const replaceWorker = async () => {
    const [oldest] = stride.workers;
    if (oldest === undefined) throw new Error('no worker runs');
    await stride.killWorker(oldest);
    await stride.startWorker();
  };

  it(
    `${NUM_JOBS} sampling jobs all succeed with the bytes of an undisturbed run, and none is lost`,
    async () => {
      const expected = new Map<number, unknown>();
      for (let seed = 0; seed < 20; seed++) expected.set(seed, await shaOf(await submit(seed)));
      const results: Promise<unknown>[] = [];
      for (let seed = 0; seed < NUM_JOBS; seed++) {
        results.push(submit(seed).then(shaOf));
        if (seed % KILL_EVERY_JOBS === KILL_EVERY_JOBS - 1) await replaceWorker();
        else if (seed % 50 === 49) await results.at(-50);
      }
      const hashes = await Promise.all(results);
      expect(hashes.filter((sha256) => !/^[0-9a-f]{64}$/.test(String(sha256)))).toEqual([]);
      for (const [seed, sha256] of expected) expect(hashes[seed]).toBe(sha256);
    },
    LIMIT_MS,
  );

  it(
    'a training job that loses its worker at every other checkpoint ends with the weights of an undisturbed run',
    async () => {
      const body = (model: string) => trainingRequest({ model, hiddenSize: 256, steps: 600, checkpointEverySteps: 50 });
      const train = async (model: string) =>
        found(await stride.client.POST('/v1/training-jobs', { body: body(model) })).id;
      const reference = await waitForTrainingJob(stride.client, await train('reference'));
      const id = await train('disturbed');
      let checkpoints = 0;
      const steps: unknown[] = [];
      for await (const { type, data } of followEvents(stride.client, id)) {
        if (type === 'metrics') steps.push(Reflect.get(Object(data), 'step'));
        if (type !== 'checkpoint' || ++checkpoints % 2 !== 0 || checkpoints > 2 * TRAINING_KILLS) continue;
        for (let worker = 0; worker < NUM_WORKERS; worker++) await replaceWorker();
      }
      const disturbed = await waitForTrainingJob(stride.client, id);
      expect(disturbed).toMatchObject({ status: 'succeeded', result: { sha256: reference.result?.sha256 } });
      expect(disturbed.attempts).toBeGreaterThan(1);
      expect(steps).toEqual(Array.from({ length: 60 }, (_, i) => 10 * (i + 1)));
    },
    LIMIT_MS,
  );
});
