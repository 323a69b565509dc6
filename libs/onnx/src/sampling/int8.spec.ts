import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, type EngineRequest, type DenoiserBackend, type LoadedDenoiser } from '#engine';
import { initialParameters, mlpPredict, type MlpDenoiserConfig, int8Predict } from '#ddim';
import { createBackend } from './backend.js';
import { onnxBackendModule } from '../backend-modules.js';
import { drive } from '../../../engine/testing/drive-rows.js';
import { bytes, config, D, normals, parameters, plan, rowOf } from '../../../engine/testing/probe-rows.js';

let backend: DenoiserBackend;
let int8: LoadedDenoiser;
beforeAll(async () => {
  backend = await createBackend({ providers: ['cpu'] });
  int8 = await backend.load({ version: 'spec@1', config, parameters }, 'int8');
});
afterAll(() => backend.close());

/** The network's output for one row: a step whose x' is F. */
async function outputOf(denoiser: LoadedDenoiser, row: number): Promise<Float32Array> {
  const probe = rowOf(plan({ numInferenceSteps: 1 }), row);
  const raw = { ...probe, steps: [{ ...probe.steps[0], coefficients: [0, 0, 0, 1, 0, 0, -1, 1] }] };
  const [F] = await drive(denoiser, [raw], { stepsPerCall: [1] });
  return F;
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  const square = (sum: number, value: number) => sum + value ** 2;
  return Math.sqrt(actual.map((value, i) => value - expected[i]).reduce(square, 0) / expected.reduce(square, 0));
}

describe('the int8 network', () => {
  it('rounds as its reference does, which is not float32', async () => {
    const rounded = int8Predict(config, parameters);
    const exact = mlpPredict(config, parameters);
    let fromRounded = 0;
    let fromExact = 0;
    for (let row = 0; row < 32; row++) {
      const { x, condition, steps } = rowOf(plan({ numInferenceSteps: 1 }), row);
      const F = await outputOf(int8, row);
      fromRounded += relativeError(F, rounded(x, steps[0].timestep, condition)) / 32;
      fromExact += relativeError(F, exact(x, steps[0].timestep, condition)) / 32;
    }
    expect(fromExact).toBeGreaterThan(1e-3);
    expect(fromExact).toBeLessThan(3e-2);
    // Only where the last bit of a float32 sends an activation to the next level.
    expect(fromRounded).toBeLessThan(fromExact / 4);
  });

  it('keeps a row of zeros finite', async () => {
    const zeros = new Map([...parameters].map(([name, values]) => [name, new Float32Array(values.length)]));
    const loaded = await backend.load({ version: 'zeros@1', config, parameters: zeros }, 'int8');
    expect([...(await outputOf(loaded, 0))]).toEqual(Array.from({ length: D }, () => 0));
    await loaded.dispose();
  });

  it('multiplies wide layers with the largest weights exactly, without saturation', async () => {
    // All weights of a column equal: pairs of products are as large as they can get.
    const wide: MlpDenoiserConfig = { ...config, hiddenSize: 256, numLayers: 1 };
    const own = new Map(initialParameters(wide, 1));
    own.set('denoiser_block_1_up.kernel', new Float32Array(256 * 1024).fill(0.02));
    own.set('denoiser_block_1_down.kernel', new Float32Array(1024 * 256).fill(-0.01));
    own.set('denoiser_block_1_norm.beta', new Float32Array(256).fill(3));
    const loaded = await backend.load({ version: 'wide@1', config: wide, parameters: own }, 'int8');
    const x = normals(D, 0);
    const condition = normals(256, 0, 200);
    const probe = {
      x,
      condition,
      steps: [{ timestep: 7, coefficients: [0, 0, 0, 1, 0, 0, -1, 1], levels: [1, 0] }],
    } as const;
    const [F] = await drive(loaded, [probe], { stepsPerCall: [1] });
    expect(relativeError(F, int8Predict(wide, own)(x, 7, condition))).toBeLessThan(1e-3);
    await loaded.dispose();
  });
});

describe('an engine in int8', { timeout: 60_000 }, () => {
  const request = (id: string, rows: number, more: Partial<EngineRequest> = {}): EngineRequest => ({
    id,
    model: 'spec@1',
    precision: 'int8',
    plan: plan({ numInferenceSteps: 12 }),
    direction: 'sample',
    seed: 5,
    rows,
    observations: normals(rows * config.obsSize, 1),
    samplesPerObservation: 1,
    priority: 'normal',
    ...more,
  });

  async function withEngine<T>(threads: number, use: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = await Engine.start({
      backendModule: onnxBackendModule,
      backend: { providers: ['cpu'] },
      threads,
      maxBatchRows: 64,
      modelMemoryBytes: 2 ** 30,
      loadModel: (version) => Promise.resolve({ version, config, parameters }),
    });
    try {
      return await use(engine);
    } finally {
      await engine.close();
    }
  }

  it('gives a request the same bytes on 1 and 2 threads, alone and beside others in either precision', async () => {
    const alone = await withEngine(1, (engine) => engine.submit(request('alone', 24)));
    const beside = await withEngine(2, async (engine) => {
      const [wanted] = await Promise.all([
        engine.submit(request('wanted', 24)),
        engine.submit(request('others', 130, { seed: 6 })),
        engine.submit(request('float32', 40, { precision: 'float32' })),
        engine.submit(request('noisy', 9, { seed: 7, plan: plan({ numInferenceSteps: 30, eta: 1 }) })),
      ]);
      return wanted;
    });
    expect(bytes([beside.actions])).toEqual(bytes([alone.actions]));
  });

  it('keeps the two precisions apart', async () => {
    const [whole, rounded] = await withEngine(1, (engine) =>
      Promise.all([
        engine.submit(request('float32', 24, { precision: 'float32' })),
        engine.submit(request('int8', 24)),
      ]),
    );
    const error = relativeError(rounded.actions, whole.actions);
    expect(error).toBeGreaterThan(1e-4);
    expect(error).toBeLessThan(5e-2);
  });
});
