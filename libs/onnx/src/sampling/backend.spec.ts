import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenoiserBackend } from '#engine';
import { BackendError, initialParameters, InputError, ModelLoadError, type MlpDenoiserConfig } from '#ddim';
import { createBackend } from './backend.js';
import { nvidiaAbsence } from '../runtime/gpu-nodes.js';
import { onnxBackendModule } from '../backend-modules.js';
import { mlpFile } from '../../testing/imported-files.js';

const config: MlpDenoiserConfig = {
  obsSize: 5,
  actionDim: 3,
  actionHorizon: 4,
  hiddenSize: 16,
  numLayers: 1,
  numTrainTimesteps: 50,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const parameters = initialParameters(config, 2);

async function failure(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => 'no error',
    (error: unknown) => error,
  );
}

describe('the ONNX Runtime backend', { timeout: 60_000 }, () => {
  let backend: DenoiserBackend;
  beforeAll(async () => {
    backend = await createBackend({ providers: ['cpu'] });
  });
  afterAll(() => backend.close());

  it('says what it runs on and what it can do', () => {
    expect(backend.info).toMatchObject({
      kind: 'onnx',
      provider: 'cpu',
      version: expect.stringMatching(/^\d+\.\d+/),
      rejected: [],
    });
    expect(backend.capabilities).toEqual({
      maxStepsPerCall: 50,
      cheapStepsPerCall: 1,
      maxBatchRows: 256,
      threadsPerDevice: 'cores',
      precisions: ['float32', 'int8'],
    });
  });

  it('proves on load that a row of the default shape does not depend on its neighbours', async () => {
    const seed = { ...config, obsSize: 287, actionDim: 64, actionHorizon: 8, hiddenSize: 256, numLayers: 4 };
    const loaded = await backend.load(
      { version: 'seed@1', config: seed, parameters: initialParameters(seed, 1) },
      'float32',
    );
    expect(loaded.batchInvariant).toBe(true);
    await loaded.dispose();
  });

  it('refuses a tensor of the wrong size, naming it', async () => {
    const wrong = new Map([...parameters, ['denoiser_block_1_up.kernel', new Float32Array(7)] as const]);
    const error = await failure(backend.load({ version: 'w@1', config, parameters: wrong }, 'float32'));
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({
      code: 'model_load_failed',
      message: expect.stringContaining('denoiser_block_1_up.kernel must be [16,64] = 1024 numbers, got 7'),
    });
  });

  it('refuses a model that lacks a tensor, naming it', async () => {
    const wrong = new Map([...parameters].filter(([name]) => name !== 'noise_out.bias'));
    const error = await failure(backend.load({ version: 'w@1', config, parameters: wrong }, 'float32'));
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({ message: expect.stringContaining('noise_out.bias') });
  });

  it('refuses weights that are not finite, naming the tensor', async () => {
    const kernel = new Float32Array(5 * 16);
    kernel[3] = Number.NaN;
    const wrong = new Map([...parameters, ['obs_embed.kernel', kernel] as const]);
    const error = await failure(backend.load({ version: 'w@1', config, parameters: wrong }, 'float32'));
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({ message: expect.stringContaining('obs_embed.kernel') });
  });

  it('refuses int8 for an imported denoiser', async () => {
    const file = mlpFile(config, parameters);
    const error = await failure(backend.load({ version: 'p@1', config, file }, 'int8'));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({
      code: 'unsupported_option',
      field: 'precision',
      message: 'precision must be float32 for an imported denoiser, got int8',
    });
  });

  it('loads weights that are shared between threads', async () => {
    const shared = new Map(
      [...parameters].map(([name, data]) => {
        const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
        copy.set(data);
        return [name, copy] as const;
      }),
    );
    const loaded = await backend.load({ version: 's@1', config, parameters: shared }, 'float32');
    expect(loaded.batchInvariant).toBe(true);
    await loaded.dispose();
  });

  it('reports a failed call as a BackendError and goes on', async () => {
    const loaded = await backend.load({ version: 'f@1', config, parameters }, 'float32');
    const step = {
      numRows: 1,
      stepsPerCall: 1,
      x: new Float32Array(12),
      conditions: new Float32Array(16),
      timesteps: Int32Array.of(50),
      coefficients: Float32Array.of(0, 0, 0, 1, 0, 0, -1, 1),
      noise: { z: new Float32Array(12), index: new Int32Array(1) },
    };
    // Timestep 50 lies outside the table of 50 rows.
    const error = await failure(loaded.advance(step));
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({
      code: 'backend_error',
      message: expect.stringContaining('plain graph of f@1 failed on cpu'),
    });
    await loaded.advance({ ...step, timesteps: Int32Array.of(49) });
    expect(step.x.every(Number.isFinite)).toBe(true);
    await loaded.dispose();
  });
});

describe('the choice of a provider', { timeout: 60_000 }, () => {
  it('takes the first that works and keeps the reasons against the others', async () => {
    const backend = await createBackend({ providers: [] });
    const { provider, rejected } = backend.info;
    const tried = [...rejected, { provider, reason: 'none' }];
    expect(tried.map((one) => one.provider)).toEqual(['cuda', 'webgpu', 'cpu'].slice(0, tried.length));
    expect(tried.map(({ reason }) => reason)).not.toContain('');
    await backend.close();
  });

  it('fails loudly when the only provider asked for does not work', async () => {
    if (nvidiaAbsence() === undefined) return;
    const error = await failure(createBackend({ providers: ['cuda'] }));
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ message: expect.stringMatching(/no execution provider .* works here \(cuda: .+\)/) });
  });

  it('refuses a provider that nobody knows', async () => {
    const error = await failure(createBackend({ providers: ['tpu'] }));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code: 'unknown_provider', message: expect.stringContaining('got tpu') });
  });
});

describe('a closed backend', { timeout: 60_000 }, () => {
  it('leaves nothing behind that keeps a process alive', async () => {
    const program = `
      import { createBackend } from ${JSON.stringify(onnxBackendModule)};
      const config = ${JSON.stringify(config)};
      const parameters = new Map(${JSON.stringify([...parameters].map(([name, data]) => [name, [...data]]))}
        .map(([name, data]) => [name, Float32Array.from(data)]));
      const backend = await createBackend({ providers: ['cpu'] });
      await backend.load({ version: 'c@1', config, parameters }, 'float32');
      await backend.close();
      process.stdout.write(process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap').join());
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 30_000,
    });
    expect(stdout).toBe('');
  });
});
