import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob } from '#client';
import type { ImportedModelSettings } from '#ddim';
import { ModelRegistry, openStore } from '#storage';
import { smallFile } from '../../libs/onnx/testing/imported-files.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';

const settings: ImportedModelSettings = {
  config: {
    obsSize: 3,
    actionHorizon: 4,
    actionDim: 2,
    numTrainTimesteps: 100,
    predictionType: 'epsilon',
    preconditioning: 'none',
  },
  schedule: {
    numTrainTimesteps: 100,
    betaSchedule: 'squaredcos_cap_v2',
    betaStart: 1e-4,
    betaEnd: 0.02,
    rescaleBetasZeroSnr: false,
    setAlphaToOne: true,
  },
  sampling: {
    numInferenceSteps: 10,
    timestepSpacing: 'trailing',
    eta: 0,
    clipSample: true,
    clipSampleRange: 1,
    thresholding: null,
    useClippedModelOutput: false,
  },
  observationNormalizer: { scale: Float32Array.of(1, 1, 1), offset: new Float32Array(3) },
  actionNormalizer: { scale: Float32Array.of(1, 1), offset: new Float32Array(2) },
};

/** Computes for years once a batch has more than six rows. */
const hanging = smallFile((graph, x) => {
  const numRows = graph.op('Gather', [graph.op('Shape', [x]), graph.integer(0)], { axis: 0 });
  const isWide = graph.op('Cast', [graph.op('Greater', [numRows, graph.integer(6)])], { to: 7 });
  const trips = graph.op('Add', [graph.op('Mul', [isWide, graph.integer(Number.MAX_SAFE_INTEGER)]), graph.integer(1)]);
  const body = graph.subgraph('turn');
  body.input('turn', 'int64', []);
  const proceed = body.input('proceed', 'bool', []);
  const state = body.input('state', 'float32', ['B', 8]);
  body.output('proceed_next', proceed, 'bool', []);
  body.output('state_next', body.op('Sin', [state]), 'float32', ['B', 8]);
  return graph.ops('Loop', [trips, graph.boolean(true), x], 1, { body })[0];
});

describe.skipIf(!redisAvailable)('A model whose native code does not come back', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_THREADS: '2' } });
    // Straight into the store: no trial looks at it.
    const root = `${stride.directory}/artifacts`;
    const registry = new ModelRegistry(openStore(root));
    const inspectFile = () => Promise.resolve({ paramCount: 1 });
    for (const [name, source] of [
      ['hanging', hanging],
      ['patient', hanging],
      ['sound', smallFile((graph, x) => graph.op('Sin', [x]))],
    ] as const)
      await registry.importOnnx({ name, source, maxBytes: 1e6, settings, inspectFile });
  });
  afterAll(() => stride.stop());

  const post = (model: string) =>
    stride.client.POST('/v1/sampling-jobs', { body: { model, observations: [[0.1, 0.2, 0.3]], seed: 3 } });
  const submit = async (model: string) => found(await post(model)).id;
  const isBusy = async () =>
    (await stride.client.GET('/v1/workers')).data?.items.some(({ jobsRunning }) => jobsRunning > 0);

  it('ends its worker, which gives every other job back, and is refused from then on', async () => {
    const [worker] = stride.workers;
    const guilty = await submit('hanging');
    await until('the worker has the job', async () => (await isBusy()) || undefined);
    const others = await Promise.all(Array.from({ length: 20 }, () => submit('sound')));
    for (const id of others) expect((await waitForSamplingJob(stride.client, id)).status).toBe('succeeded');
    await expect(worker.process.exited).resolves.toMatchObject({ signal: 'SIGKILL' });
    expect(worker.process.lines.join('\n')).toContain('has computed for');
    await stride.killWorker(worker);

    const waiting = await submit('sound');
    await stride.startWorker();
    expect((await waitForSamplingJob(stride.client, waiting)).status).toBe('succeeded');
    const ended = await waitForSamplingJob(stride.client, guilty);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'model_hangs' } });
    const refused = await post('hanging');
    expect(refused.response.status).toBe(422);
    expect(refused.error).toMatchObject({ code: 'model_hangs', errors: [{ path: 'model' }] });
    const params = { path: { name: 'hanging' } };
    const { versions } = found(await stride.client.GET('/v1/models/{name}', { params }));
    expect(versions[0]?.hung?.reason).toContain('hanging@1');
  }, 90_000);

  it('does not keep its worker from ending when it is asked to', async () => {
    const [worker] = stride.workers;
    await submit('patient');
    await until('the worker has the job', async () => (await isBusy()) || undefined);
    worker.process.signal('SIGTERM');
    await expect(worker.process.exited).resolves.toMatchObject({ signal: 'SIGKILL' });
    await stride.killWorker(worker);
  }, 60_000);
});
