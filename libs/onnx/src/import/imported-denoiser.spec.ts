import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DenoiserBackend, type ImportedModelSource, type ModelSource, Engine, type EngineRequest } from '#engine';
import { mixedRequests, numbers, TINY_CONFIG, tinyModel, tinyRequest } from '../../../engine/testing/requests.js';
import { runAlone } from '../../../engine/testing/row-alone.js';
import { outputSize } from '#ddim';
import { createBackend } from '../sampling/backend.js';
import type { GraphBuilder, Value } from '../graph/graph-builder.js';
import { onnxBackendModule } from '../backend-modules.js';
import { mlpFile, smallFile } from '../../testing/imported-files.js';

const CPU = { providers: ['cpu'] };
const D = outputSize(TINY_CONFIG);
const TABLE = 1_000;
const POISON = 666;

/**
 * Our tiny network, brought as a file; its encoder has no bias, so that a condition of zeros is the null
 * condition.
 */
const imported: ImportedModelSource = {
  version: 'theirs@1',
  config: TINY_CONFIG,
  file: mlpFile(TINY_CONFIG, tinyModel('tiny@1').parameters, { trajectory: true, timestepType: 'float32' }),
  nullCondition: new Float32Array(TINY_CONFIG.obsSize),
};

const SMALL = { ...TINY_CONFIG, obsSize: 3, actionHorizon: 4, actionDim: 2 };
const small = (version: string, body: (graph: GraphBuilder, x: Value) => Value): ImportedModelSource => ({
  version,
  config: SMALL,
  file: smallFile(body),
});
/**
 * The largest number of a row picks an entry of a table, which a poisoned row misses: ONNX Runtime then
 * rejects the batch.
 */
const picky = small('picky@1', (graph, x) => {
  const largest = graph.op('Cast', [graph.op('ReduceMax', [x], { axes: [1], keepdims: 0 })], { to: 7 });
  const table = graph.initializer('table', 'float32', [2 * POISON - 1], new Float32Array(2 * POISON - 1));
  const index = graph.op('Abs', [largest]);
  const entries = graph.gather(table, graph.mul(index, graph.integer(2)));
  return graph.add(graph.op('Tanh', [x]), graph.op('Unsqueeze', [entries, graph.integers(1)]));
});
/** Poison makes its row, and no other, not a number. */
const fragile = small('fragile@1', (graph, x) => {
  const nothing = graph.mul(graph.op('Log', [graph.sub(graph.scalar(POISON - 1), x)]), graph.scalar(0));
  return graph.add(graph.op('Tanh', [x]), nothing);
});
const sources: readonly ModelSource[] = [
  imported,
  tinyModel('tiny@1'),
  picky,
  fragile,
  { ...imported, version: 'unguided@1', nullCondition: undefined },
  { ...imported, version: 'broken@1', file: imported.file.slice(0, TABLE) },
  { ...imported, version: 'other@1', config: { ...TINY_CONFIG, obsSize: TINY_CONFIG.obsSize + 1 } },
];

function loadModel(version: string): Promise<ModelSource> {
  const source = sources.find((candidate) => candidate.version === version);
  return source ? Promise.resolve(source) : Promise.reject(new Error(`no ${version}`));
}

const failureOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'no error',
    (error: unknown) => error,
  );

function poisoned(model: string): EngineRequest {
  const initialNoise = numbers(8, 9);
  initialNoise[3] = POISON;
  return tinyRequest({
    id: 'poisoned',
    model,
    rows: 1,
    config: SMALL,
    initialNoise,
    options: { numInferenceSteps: 3 },
  });
}

function bystanders(model: string): EngineRequest[] {
  return [1, 2, 3, 4].map((seed) =>
    tinyRequest({ id: `row ${seed}`, model, rows: 1, seed, config: SMALL, options: { numInferenceSteps: 2 + seed } }),
  );
}

describe('an imported denoiser', { timeout: 60_000 }, () => {
  let engine: Engine;
  let backend: DenoiserBackend;
  beforeAll(async () => {
    backend = await createBackend(CPU);
    engine = await Engine.start({
      backendModule: onnxBackendModule,
      backend: CPU,
      threads: 2,
      maxBatchRows: 64,
      modelMemoryBytes: 2 ** 30,
      loadModel,
    });
  });
  afterAll(async () => {
    await engine.close();
    await backend.close();
  });

  const submitAll = (requests: readonly EngineRequest[]) =>
    Promise.all(requests.map(async (request) => (await engine.submit(request)).actions));

  it('gives every row the bytes it gets alone, whatever options its neighbours have', async () => {
    const requests = mixedRequests(39, { model: imported.version, mostSteps: 60 });
    const denoiser = await backend.load(imported, 'float32');
    expect(denoiser.batchInvariant).toBe(true);
    const mixed = await submitAll(requests);
    for (const [i, request] of requests.entries())
      expect(mixed[i], request.id).toEqual(await runAlone(denoiser, imported, request));
    await denoiser.dispose();
  });

  it('gives what the same network gives as one of ours, with every option', async () => {
    const theirs = await submitAll(mixedRequests(39, { model: imported.version, mostSteps: 60 }));
    const ours = await submitAll(mixedRequests(39, { model: 'tiny@1', mostSteps: 60 }));
    for (const [i, actions] of theirs.entries()) {
      const scale = ours[i].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const difference = actions.reduce((most, value, j) => Math.max(most, Math.abs(value - ours[i][j])), 0);
      expect(difference / scale, `request ${i}`).toBeLessThan(1e-5);
    }
  });

  it('shows previews of the action that it predicts', async () => {
    const previews: Float32Array[] = [];
    const request = tinyRequest({ model: imported.version, rows: 1, previewEvery: 5 });
    const { actions } = await engine.submit({ ...request, onPreview: ({ x0 }) => previews.push(x0) });
    expect(previews.length).toBeGreaterThan(0);
    expect(previews.every((x0) => x0.length === D && x0.every((value) => Math.abs(value) <= 1))).toBe(true);
    expect(actions).toEqual((await engine.submit(tinyRequest({ model: imported.version, rows: 1 }))).actions);
  });

  it.each([
    ['is rejected by ONNX Runtime', picky.version, 'backend_error'],
    ['is no number any more', fragile.version, 'non_finite_result'],
  ])('fails the one request whose row %s, and leaves the others their bytes', async (_, model, code) => {
    const undisturbed = await submitAll(bystanders(model));
    const [error, beside] = await Promise.all([
      failureOf(engine.submit(poisoned(model))),
      submitAll(bystanders(model)),
    ]);
    expect(error).toMatchObject({ code });
    expect(beside).toEqual(undisturbed);
  });

  it('is not guided without a null condition', async () => {
    const request = tinyRequest({ model: 'unguided@1', options: { guidanceScale: 2 } });
    expect(await failureOf(engine.submit(request))).toMatchObject({ code: 'model_not_guidable' });
    expect((await engine.submit(tinyRequest({ model: 'unguided@1' }))).actions).toHaveLength(2 * D);
  });

  it('is not sampled in int8', async () => {
    const request: EngineRequest = { ...tinyRequest({ model: imported.version }), precision: 'int8' };
    expect(await failureOf(engine.submit(request))).toMatchObject({ code: 'unsupported_option', field: 'precision' });
  });

  it.each([
    ['is cut off', 'broken@1', 'cut off'],
    ['has another condition than its settings say', 'other@1', 'condition must be'],
  ])('that %s fails its own requests, and the engine goes on', async (_, model, message) => {
    const config = model === 'other@1' ? { ...TINY_CONFIG, obsSize: TINY_CONFIG.obsSize + 1 } : TINY_CONFIG;
    expect(await failureOf(engine.submit(tinyRequest({ model, config })))).toMatchObject({
      code: 'model_load_failed',
      message: expect.stringContaining(message),
    });
    expect((await engine.submit(tinyRequest({ model: imported.version }))).actions).toHaveLength(2 * D);
  });
});
