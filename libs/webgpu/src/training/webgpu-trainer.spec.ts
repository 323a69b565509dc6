import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceLostError, OutOfMemoryError, outputSize, type DenoiserParameters, type MlpDenoiserConfig } from '#ddim';
import type { TrainBackend, TrainBatch } from '#training';
import { createTrainBackend as createOnnxTrainBackend } from '../../../onnx/src/training/train-backend.js';
import { graphGradients } from '../../../onnx/testing/graph-gradients.js';
import { describeUpdates } from '../../../training/testing/describe-updates.js';
import { norm, relativeDistance } from '../../../training/testing/relative-distance.js';
import {
  adamBetas,
  adamEpsilon,
  base,
  batchOf,
  freshState,
  lossCases,
  normals,
  someParameters,
} from '../../../training/testing/train-batches.js';
import { countedSince } from '../../testing/counted-since.js';
import { noDeviceReason } from '../../testing/software-device.js';
import { GpuDevice } from '../runtime/device.js';
import { DeviceState } from './device-state.js';
import { WebGpuTrainBackend } from './train-backend.js';

/** Larger than a tile of a product in every direction, and a multiple of none. */
const wide: MlpDenoiserConfig = { ...base, obsSize: 35, actionDim: 7, actionHorizon: 5, hiddenSize: 38, numLayers: 1 };

function wideBatch(numRows: number): TrainBatch {
  const D = outputSize(wide);
  const optimiser = { update: 1, learningRate: 1e-3, weightDecay: 0.1, gradClipNorm: 0, emaDecay: 0 };
  return {
    numRows,
    actions: normals(numRows * D, 1),
    observations: normals(numRows * wide.obsSize, 2),
    noise: normals(numRows * D, 3),
    timesteps: Int32Array.from({ length: numRows }, (_, i) => (i * 7) % wide.numTrainTimesteps),
    alphaBars: Float64Array.from({ length: numRows }, (_, i) => (i + 1) / (numRows + 2)),
    conditionKeep: Float32Array.from({ length: numRows }, (_, i) => Number(i % 5 !== 3)),
    optimiser,
  };
}

describe.skipIf(noDeviceReason !== '')('training on WebGPU' + noDeviceReason, () => {
  let device: GpuDevice;
  let backend: TrainBackend;
  beforeAll(async () => {
    device = await GpuDevice.open({ software: true });
    backend = new WebGpuTrainBackend(device);
  });
  afterAll(() => backend.close());

  function load(config: MlpDenoiserConfig, lossWeighting: 'none' | 'min_snr' = 'none') {
    const state = freshState(someParameters(config));
    return backend.load({ config, lossWeighting, adamBetas, adamEpsilon, state });
  }

  it.each([
    ...lossCases.map(([name, form, weighting, rows]) => {
      const config = { ...base, ...form };
      return { name, config, weighting, batch: batchOf(config, rows) };
    }),
    ...[1, 33].map((rows) => ({
      name: `${rows} rows of a network that no tile fits`,
      config: wide,
      weighting: 'none' as const,
      batch: wideBatch(rows),
    })),
  ])('has the loss and the gradients of the CPU, for $name', async ({ config, weighting, batch }) => {
    const expected = await graphGradients(config, weighting, batch);
    const trainer = await load(config, weighting);
    const { loss, gradNorm } = await trainer.trainStep(batch);
    const { firstMoments } = await trainer.readState(); // of a first update that does not clip: the gradients
    await trainer.dispose();
    expect(loss).toBeCloseTo(expected.loss, 5);
    expect(gradNorm / norm([...expected.gradients.values()].flatMap((values) => [...values]))).toBeCloseTo(1, 5);
    for (const [name, gradient] of expected.gradients)
      expect(relativeDistance(take(firstMoments, name), gradient), name).toBeLessThan(1e-4);
  });

  it.each([3, 0])('moves every parameter as the CPU does, with %i observation numbers', async (obsSize) => {
    const config = { ...base, obsSize };
    const cpu = await createOnnxTrainBackend({ providers: ['cpu'] });
    const state = freshState(someParameters(config));
    const expected = await cpu.load({ config, lossWeighting: 'none', adamBetas, adamEpsilon, state });
    const trainer = await load(config);
    for (const update of [1, 2, 3]) {
      const optimiser = { update, learningRate: 0.01, weightDecay: 0.1, gradClipNorm: 0.5, emaDecay: (update - 1) / 4 };
      const batch = batchOf(config, { optimiser });
      const { loss } = await expected.trainStep(batch);
      expect((await trainer.trainStep(batch)).loss).toBeCloseTo(loss, 5);
    }
    const [actual, wanted] = [await trainer.readState(), await expected.readState()];
    for (const part of ['parameters', 'firstMoments', 'secondMoments', 'ema'] as const) {
      expect([...actual[part].keys()]).toEqual([...wanted[part].keys()]);
      for (const [name, values] of wanted[part])
        expect(maxDifference(take(actual[part], name), values), `${part} ${name}`).toBeLessThan(1e-4);
    }
    expect(await trainer.readAverage()).toEqual(actual.ema);
    await trainer.dispose();
    await cpu.close();
  });

  it('evaluates any number of rows as the CPU does, and trains on as if nothing had been evaluated', async () => {
    const cpu = await createOnnxTrainBackend({ providers: ['cpu'] });
    const state = freshState(someParameters(wide));
    const expected = await cpu.load({ config: wide, lossWeighting: 'none', adamBetas, adamEpsilon, state });
    const [trainer, undisturbed] = [await load(wide), await load(wide)];
    for (const rows of [1, 33]) {
      const loss = await trainer.evaluate(wideBatch(rows));
      expect(loss).toBeCloseTo(await expected.evaluate(wideBatch(rows)), 4);
    }
    const batch = wideBatch(33);
    expect(await trainer.trainStep(batch)).toEqual(await undisturbed.trainStep(batch));
    expect(await trainer.readState()).toEqual(await undisturbed.readState());
    await cpu.close();
  });

  it('gives the same bytes every time', async () => {
    const states = [];
    for (const trainer of [await load(wide), await load(wide)]) {
      for (const rows of [33, 2]) await trainer.trainStep(wideBatch(rows));
      states.push(await trainer.readState());
    }
    expect(states[0]).toEqual(states[1]);
  });

  it('makes an update of one upload, one submission and four numbers back, with six dispatches per block', async () => {
    const { numLayers } = wide;
    const [trainer, batch] = [await load(wide), wideBatch(33)];
    await trainer.trainStep(batch); // makes the buffers
    const before = device.counters;
    await trainer.trainStep(batch);
    const numbers = 14 + 33 * 7 + batch.actions.length + batch.noise.length + batch.observations.length;
    expect(countedSince(before, device.counters)).toEqual({
      dispatches: 6 * numLayers + 10,
      submissions: 1,
      uploads: 1,
      downloads: 1,
      uploadedBytes: 4 * numbers,
      downloadedBytes: 16,
    });
  });

  it('reads a checkpoint in one transfer', async () => {
    const trainer = await load(base);
    const before = device.counters;
    await trainer.readState();
    expect(countedSince(before, device.counters)).toMatchObject({
      dispatches: 0,
      submissions: 1,
      uploads: 0,
      downloads: 1,
    });
  });

  describeUpdates(() => backend);
});

describe.skipIf(noDeviceReason !== '')('a device of a training' + noDeviceReason, () => {
  it('refuses a network for which it has no memory with OutOfMemoryError, and trains another', async () => {
    const device = await GpuDevice.open({ software: true });
    const huge = { ...base, hiddenSize: 4_096, numLayers: 32 };
    await expect(DeviceState.create(device, huge, freshState(new Map()))).rejects.toThrow(OutOfMemoryError);
    await (await DeviceState.create(device, base, freshState(someParameters(base)))).read();
    await device.close();
  });

  it('that is lost ends the training with DeviceLostError, whatever is asked of it', async () => {
    const device = await GpuDevice.open({ software: true });
    const backend = new WebGpuTrainBackend(device);
    const state = freshState(someParameters(base));
    const trainer = await backend.load({ config: base, lossWeighting: 'none', adamBetas, adamEpsilon, state });
    const running = expect(trainer.trainStep(batchOf(base))).rejects.toThrow(DeviceLostError);
    await Promise.all([running, device.close()]);
    await expect(trainer.trainStep(batchOf(base))).rejects.toThrow(DeviceLostError);
    await expect(trainer.readState()).rejects.toThrow(DeviceLostError);
    await backend.close();
  });
});

function take(params: DenoiserParameters, name: string): Float32Array {
  const values = params.get(name);
  if (!values) throw new Error(`no ${name}`);
  return values;
}

function maxDifference(actual: Float32Array, expected: Float32Array): number {
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value)), 0);
}
