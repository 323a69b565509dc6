import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DenoiserBackend, type LoadedDenoiser, runSelfTest } from '#engine';
import { assembleMacroStep, type ProbeRow } from '../../engine/src/self-test/self-test-rows.js';
import { fillNormal, initialParameters, InputError, ModelLoadError, outputSize, type MlpDenoiserConfig } from '#ddim';
import { createBackend } from './backend.js';
import { chooseTensorFlow, type TensorFlowJs } from './tensorflow.js';

const config: MlpDenoiserConfig = {
  obsSize: 5,
  actionDim: 2,
  actionHorizon: 4,
  hiddenSize: 16,
  numLayers: 2,
  numTrainTimesteps: 50,
  predictionType: 'sample',
  preconditioning: 'none',
};
const model = { version: 'spec@1', config, parameters: initialParameters(config, 3) };
const D = outputSize(config);

function normals(size: number, row: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 4, row, purpose: 128 }, 0);
  return out;
}

const row: ProbeRow = {
  x: normals(D, 0),
  condition: normals(config.hiddenSize, 1),
  steps: [{ timestep: 7, coefficients: [1, 0.1, 0.9, 0.1, 0, 0.2, -1, 1], z: normals(D, 2), levels: [0.8, 0.6] }],
};

/** With TensorFlow's C library, where `npm run gpu:tfjs` was run: its matrix products depend on the batch. */
const hasLibrary = await chooseTensorFlow(['node']).then(
  () => true,
  () => false,
);
const providers = ['wasm', 'cpu', ...(hasLibrary ? ['node'] : [])];

describe.each(providers)('TensorFlow.js on %s', (provider) => {
  let backend: DenoiserBackend;
  let denoiser: LoadedDenoiser;
  let tf: TensorFlowJs;
  beforeAll(async () => {
    backend = await createBackend({ providers: [provider] });
    // compares 24 rows of every kind with the reference network
    denoiser = await backend.load(model, 'float32');
    ({ tf } = await chooseTensorFlow([provider]));
  });
  afterAll(() => backend.close());

  it('says what it runs on', () => {
    const device = provider === 'node' ? expect.stringMatching(/^TensorFlow [\d.]+, [CG]PU$/) : provider;
    expect(backend.info).toMatchObject({ kind: 'tfjs', provider, device });
  });

  it('says whether a row has the same bytes alone, among others, guided, fixed and in part through longer calls', async () => {
    expect(denoiser.batchInvariant).toBe(await runSelfTest(denoiser, model));
    expect(denoiser.batchInvariant).toBe(provider !== 'node');
  });

  it('keeps no tensor of a thousand calls, and none of a call that fails', async () => {
    const before = tf.memory().numTensors;
    for (let call = 0; call < 1000; call++)
      await denoiser.advance(assembleMacroStep([{ row, x: row.x, done: 0 }], 1, false));
    const broken = { ...assembleMacroStep([{ row, x: row.x, done: 0 }], 1, false), conditions: new Float32Array(3) };
    await expect(denoiser.advance(broken)).rejects.toMatchObject({ code: 'backend_error' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a model’s memory back', async () => {
    const before = tf.memory().numTensors;
    const second = await backend.load(model, 'float32');
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    await second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a tensor of another shape by its name, and weights that are no numbers', async () => {
    const short = new Map([...model.parameters, ['noise_out.bias', new Float32Array(1)] as const]);
    await expect(backend.load({ ...model, parameters: short }, 'float32')).rejects.toThrow(/noise_out\.bias/);
    const nan = new Map([...model.parameters, ['noise_out.bias', new Float32Array(D).fill(NaN)] as const]);
    await expect(backend.load({ ...model, parameters: nan }, 'float32')).rejects.toThrow(ModelLoadError);
    await expect(backend.load(model, 'int8')).rejects.toThrow(InputError);
  });
});

describe('the choice of a provider', () => {
  it('falls back to what works and keeps the reasons', async () => {
    const { provider, rejected } = await chooseTensorFlow([]);
    const native = rejected.filter((entry) => entry.provider === 'gpu' || entry.provider === 'node');
    expect(provider === 'gpu' || provider === 'node' || native.length === 2).toBe(true);
    for (const { reason } of rejected) expect(reason).not.toBe('');
  });

  it('fails loudly for a provider that does not exist', async () => {
    await expect(createBackend({ providers: ['tpu'] })).rejects.toMatchObject({
      code: 'unknown_provider',
    });
  });
});
