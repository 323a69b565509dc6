import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeObservations, mlpPredict, outputSize, sample } from '#ddim';
import { encode } from '../../ddim/src/math/sampler.js';
import type { DenoiserBackend, LoadedDenoiser } from './backend/backend.js';
import type { EngineOptions } from './options.js';
import { Engine } from './engine.js';
import type { EngineRequest } from './requests/request.js';
import { sharePlan } from './memory/shared-arrays.js';
import { fakeBackendModule } from '../testing/engines.js';
import { openBackend, realBackends, type RealBackend } from '../testing/real-backends.js';
import { mixedRequests, TINY_CONFIG, tinyModel, tinyRequest } from '../testing/requests.js';
import { runAlone } from '../testing/row-alone.js';

function options(overrides: Pick<EngineOptions, 'backendModule' | 'backend'> & Partial<EngineOptions>): EngineOptions {
  return {
    threads: 2,
    maxBatchRows: 64,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve(tinyModel(version)),
    ...overrides,
  };
}

/**
 * Each request comes when an earlier one has ended, so that batches mix rows at different places of their
 * plans.
 */
async function runStaggered(
  engine: Engine,
  requests: readonly EngineRequest[],
  atOnce: number,
): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  const queue = [...requests.entries()];
  const takeNext = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift())
      results[next[0]] = (await engine.submit(next[1])).actions;
  };
  await Promise.all(Array.from({ length: atOnce }, takeNext));
  return results;
}

/** Eager kernels take some ten times as long for these small shapes. */
const WORKLOADS: Readonly<Record<RealBackend['kind'], { count: number; mostSteps: number }>> = {
  onnx: { count: 52, mostSteps: 250 },
  tfjs: { count: 26, mostSteps: 30 },
  webgpu: { count: 13, mostSteps: 10 },
};

describe.each(realBackends)('an engine on $name', (real) => {
  const { backendModule, backend: backendOptions } = real;
  const on = { backendModule, backend: backendOptions };
  const model = tinyModel('tiny@1');
  const requests = mixedRequests(WORKLOADS[real.kind].count, WORKLOADS[real.kind]);
  const alone: Float32Array[] = [];
  let backend: DenoiserBackend;
  let denoiser: LoadedDenoiser;
  beforeAll(async () => {
    backend = await openBackend(real);
    denoiser = await backend.load(model, 'float32');
    for (const request of requests) alone.push(await runAlone(denoiser, model, request));
  });
  afterAll(() => backend.close());

  it.each([
    { threads: 1, maxBatchRows: 64, atOnce: 52 },
    { threads: 2, maxBatchRows: 64, atOnce: 9 },
    { threads: 2, maxBatchRows: 3, atOnce: 20 },
  ])(
    'gives every row the bytes it gets alone: $threads threads, batches of $maxBatchRows, $atOnce at once',
    async ({ atOnce, ...rest }) => {
      const engine = await Engine.start(options({ ...on, ...rest }));
      const results = await runStaggered(engine, requests, atOnce);
      await engine.close();
      for (const [i, actions] of results.entries()) expect(actions, `request ${i}`).toEqual(alone[i]);
    },
  );

  it('leaves plans as they are, so that requests can share them', async () => {
    const few = requests.slice(0, 13);
    const engine = await Engine.start(options(on));
    await runStaggered(engine, few, 13);
    await engine.close();
    const fresh = mixedRequests(few.length, WORKLOADS[real.kind]);
    for (const [i, { plan }] of fresh.entries())
      for (const used of [few[i].plan, sharePlan(few[i].plan)]) expect(used, `request ${i}`).toEqual(plan);
  });

  it('agrees with the reference sampler in float64', () => {
    const predict = mlpPredict(model.config, model.parameters);
    const nullCondition = encodeObservations(model.config, model.parameters, null);
    const D = outputSize(TINY_CONFIG);
    for (const [i, request] of requests.entries()) {
      const { samplesPerObservation, rows, plan } = request;
      const encoded = encodeObservations(model.config, model.parameters, request.observations);
      const H = model.config.hiddenSize;
      const conditions = Float32Array.from(
        { length: rows * H },
        (_, at) => encoded[Math.floor(at / H / samplesPerObservation) * H + (at % H)],
      );
      const reference = (request.direction === 'encode' ? encode : sample)(predict, plan, {
        ...request,
        outputSize: D,
        conditions,
        nullCondition,
      });
      const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const worst = reference.reduce((most, value, at) => Math.max(most, Math.abs(value - alone[i][at])), 0);
      expect(worst / scale, `request ${i}`).toBeLessThan(1e-4);
    }
  });

  it('gives a row the same bytes with 1 to 300 neighbours', async () => {
    const request = tinyRequest({ rows: 1, seed: 5, options: { eta: 1 } });
    const expected = await runAlone(denoiser, model, request);
    const engine = await Engine.start(options({ ...on, threads: 1, maxBatchRows: 301 }));
    for (const neighbours of [1, 7, 31, 64, 300]) {
      const others = tinyRequest({ rows: neighbours, seed: 100 + neighbours, priority: 'bulk', options: { eta: 0.5 } });
      const [, { actions }] = await Promise.all([
        engine.submit(others),
        engine.submit({ ...request, priority: 'bulk' }),
      ]);
      expect(actions, `${neighbours} neighbours`).toEqual(expected);
    }
    await engine.close();
  });

  it('keeps models of different shapes apart', async () => {
    const config = { ...TINY_CONFIG, obsSize: 0, actionDim: 5, hiddenSize: 8 };
    const unconditional = tinyModel('other@1', config);
    const loaded = await backend.load(unconditional, 'float32');
    const engine = await Engine.start(
      options({
        ...on,
        loadModel: (version) => Promise.resolve(version === 'other@1' ? unconditional : tinyModel(version)),
      }),
    );
    const others = [1, 2, 3].map((seed) => tinyRequest({ config, model: 'other@1', seed, rows: 3 }));
    const [results, otherResults] = await Promise.all([
      runStaggered(engine, requests.slice(0, 13), 13),
      runStaggered(engine, others, 3),
    ]);
    await engine.close();
    for (const [i, actions] of results.entries()) expect(actions).toEqual(alone[i]);
    for (const [i, actions] of otherResults.entries())
      expect(actions).toEqual(await runAlone(loaded, unconditional, others[i]));
  });
});

describe('the equality test itself', () => {
  it('fails on a backend that scales activations over the whole batch', async () => {
    const engine = await Engine.start(
      options({ backendModule: fakeBackendModule, backend: { providers: [] }, threads: 1 }),
    );
    const request = tinyRequest({ rows: 1, seed: 5, model: 'fake@batch-scaled' });
    const [lonely] = await runStaggered(engine, [request], 1);
    const [, crowded] = await Promise.all([
      engine.submit(tinyRequest({ rows: 20, seed: 6, model: 'fake@batch-scaled' })),
      engine.submit(request),
    ]);
    await engine.close();
    expect(crowded.actions).not.toEqual(lonely);
    expect(crowded.warnings.map((warning) => warning.split(':')[0])).toContain('bit_exact_unavailable');
  });
});
