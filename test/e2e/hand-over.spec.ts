import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForSamplingJob, type Schemas } from '#client';
import { initialParameters } from '#ddim';
import { ACTION_DIM, HORIZON, publishTinyModel, tinyConfig, tinySchedule } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';

const STEPS = 300;
const FIRST_ROWS = 64;

const config = { ...tinyConfig, hiddenSize: 256, numLayers: 2, numTrainTimesteps: STEPS };
const actions = Array.from({ length: HORIZON }, (_, h) => Array<number>(ACTION_DIM).fill(h / 8));
const plain = {
  model: 'slow',
  observations: [[1, 2, 3]],
  numInferenceSteps: STEPS,
  useClippedModelOutput: true,
  priority: 'bulk', // batches as large as they get, so that all of them are under way together
} satisfies Schemas['SamplingRequest'];

/** Everything that a row's next step can depend on besides its state. */
const variants = (rows: number): readonly Partial<Schemas['SamplingRequest']>[] => [
  { previewEvery: 20 },
  { eta: 1 },
  { guidanceScale: 2.5, eta: 0.5 },
  { mode: 'encode', samplesPerObservation: 1, initialActions: [actions], clipSample: false },
  { fixedActions: { mask: [1, 0, 0, 1], values: Array.from({ length: rows }, () => actions) } },
  { thresholding: { ratio: 0.9, maxValue: 2 }, eta: 0.7 },
  { observations: Array.from({ length: rows }, () => [3, 2, 1]), samplesPerObservation: 1 },
];

const rowsOf = (variant: Partial<Schemas['SamplingRequest']> | undefined, rows: number) =>
  variant?.mode === 'encode' ? 1 : rows;

describe.skipIf(!redisAvailable)('A worker asked to end in the middle of sampling jobs', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_THREADS: '1' } });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'slow', {
      config,
      schedule: { ...tinySchedule, numTrainTimesteps: STEPS },
      parameters: initialParameters(config, 1),
      conditionDropout: 0.1,
    });
  });
  afterAll(() => stride.stop());

  const submit = async (body: Partial<Schemas['SamplingRequest']>, seed = 0) =>
    found(await stride.client.POST('/v1/sampling-jobs', { body: { ...plain, seed, ...body } })).id;
  const resultsOf = async (ids: readonly string[]) => {
    const ends = await Promise.all(ids.map((id) => waitForSamplingJob(stride.client, id)));
    return ends.map(({ status, result, error }) => result?.sha256 ?? `${status} ${error?.message}`);
  };
  /** Of a followed job, in order: its workers, how far it came with each, and the steps of its previews. */
  const follow = async (id: string) => {
    const heard = { workers: [] as unknown[], done: [] as number[][], previews: [] as number[] };
    for await (const { type, data } of followEvents(stride.client, id)) {
      const { worker, completedSteps, step } = Object(data);
      if (type === 'started') heard.done[heard.workers.push(worker) - 1] = [];
      if (type === 'step') heard.done.at(-1)?.push(completedSteps);
      if (type === 'preview') heard.previews.push(step);
    }
    return heard;
  };
  const rowStepsOf = async (metrics: string) => {
    const text = await (await fetch(metrics)).text();
    return Number(/^stride_engine_row_steps_total\{[^}]*\} (\d+)/m.exec(text)?.[1]);
  };
  const increases = (numbers: readonly number[]) =>
    numbers.every((number, i) => i === 0 || number > Number(numbers[i - 1]));
  it('hands over what is done of them: it is not done again, no byte changes, no follower sees a step back', async () => {
    const submitAll = (rows: number) =>
      Promise.all(variants(rows).map((variant, seed) => submit({ samplesPerObservation: rows, ...variant }, seed)));
    await resultsOf(await submitAll(1)); // loads the model
    const stopInTheMiddle = async (rows: number) => {
      const ids = await submitAll(rows);
      const following = ids.map(follow);
      for await (const { type } of followEvents(stride.client, ids[1] ?? '')) if (type === 'step') break;
      const [leaving] = stride.workers;
      const [next] = await Promise.all([stride.startWorker(), stride.stopWorker(leaving)]);
      const results = await resultsOf(ids);
      return { rows, results, heard: await Promise.all(following), rowSteps: await rowStepsOf(next.metrics) };
    };
    const isHandedOver = ({ workers }: { readonly workers: unknown[] }) => workers.length > 1;
    let run = await stopInTheMiddle(FIRST_ROWS);
    // How many rows are more than a worker ends before it leaves, the machine says. Of one job some must be
    // done.
    while (!run.heard.some((job) => isHandedOver(job) && job.done[0]?.length))
      run = await stopInTheMiddle(2 * run.rows);
    const { rows, heard } = run;

    expect(run.results).toEqual(await resultsOf(await submitAll(rows)));
    for (const { done, previews } of heard) expect([increases(done.flat()), increases(previews)]).toEqual([true, true]);
    const leftOver = heard.map((job, i) => {
      if (!isHandedOver(job)) return job.workers[0] === heard[1]?.workers[0] ? 0 : STEPS * rows;
      return STEPS * rowsOf(variants(rows)[i], rows) - (job.done[0]?.at(-1) ?? 0);
    });
    const bound = leftOver.reduce((sum, steps) => sum + steps, 0);
    // A worker that starts brings the model to its thread by one step of one row, before it takes jobs.
    const idle = await stride.startWorker();
    expect(await rowStepsOf(idle.metrics)).toBe(1);
    expect(run.rowSteps - 1).toBeLessThanOrEqual(bound);
  });
});
