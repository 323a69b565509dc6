import { describe, expect, it } from 'vitest';
import { makeNoiseSchedule, presets, type TrainingConfig } from '#ddim';
import type { TrainingDataset } from './training-dataset.js';
import { BatchSampler } from './batch-sampler.js';
import { withoutPadding } from './padding.js';
import { prepareTrainingData } from './training-data.js';

const preset = presets['diffusion-policy'];
const config: TrainingConfig = {
  obsSize: 1,
  actionHorizon: 3,
  actionDim: 2,
  network: { hiddenSize: 8, numLayers: 1, preconditioning: 'none' },
  diffusion: preset.diffusion,
  training: { ...preset.training, batchSize: 8, validationFraction: 0.3 },
};

const junk = [NaN, 1e9];
/** Rows: the end of an episode, its beginning, the middle, and nothing but padding. */
const dataset: TrainingDataset = {
  observations: Float32Array.of(10, 20, 30, 999),
  actions: Float32Array.from(
    [[1, 2], junk, junk, junk, [3, 4], [5, 6], [7, 8], [9, 10], [11, 12], junk, junk, junk].flat(),
  ),
  actionIsPad: Uint8Array.of(0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1),
  count: 4,
};

describe('a dataset with padding', () => {
  it('has the nearest real step in place of each padded one, and only rows with a real step', () => {
    expect(withoutPadding(dataset, config)).toEqual({
      observations: Float32Array.of(10, 20, 30),
      actions: Float32Array.of(1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
      lossMask: Float32Array.of(1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
      count: 3,
    });
  });

  it('is left as it is when no step is padded', () => {
    const { actionIsPad: _, ...whole } = dataset;
    expect(withoutPadding(whole, config)).toEqual(whole);
  });

  it('is normalised by its real steps alone', () => {
    const { actionNormalizer, observationNormalizer, actions, sigmaData } = prepareTrainingData(
      dataset,
      config,
      undefined,
    );
    expect(actionNormalizer).toEqual({ center: Float64Array.of(6, 7), halfRange: Float64Array.of(5, 5) });
    expect(observationNormalizer).toEqual({ center: Float64Array.of(20), halfRange: Float64Array.of(10) });
    const real = [-1, -0.6, -0.2, 0.2, 0.6, 1].flatMap((value) => [value, value]);
    expect(Math.max(...actions.map(Math.abs))).toBe(1);
    expect(sigmaData).toBeCloseTo(Math.sqrt(real.reduce((sum, value) => sum + value ** 2, 0) / real.length), 6);
  });

  it('gives every batch the mask of its rows, for training and for validation', () => {
    const data = prepareTrainingData(dataset, config, undefined);
    const sampler = new BatchSampler(config, makeNoiseSchedule(config.diffusion), data);
    const masks = { '-1': [1, 1, 0, 0, 0, 0], '0': [0, 0, 1, 1, 1, 1], '1': [1, 1, 1, 1, 1, 1] };
    for (const batch of [sampler.update(0), sampler.update(1)]) {
      const expected = Array.from(batch.observations, (observation) => masks[`${observation}` as keyof typeof masks]);
      expect(batch.lossMask).toEqual(Float32Array.from(expected.flat()));
    }
    const one = { ...config, training: { ...config.training, validationFraction: 0.34 } };
    const held = new BatchSampler(one, makeNoiseSchedule(one.diffusion), prepareTrainingData(dataset, one, undefined));
    const validation = held.validation();
    const [observation] = validation?.observations ?? [];
    expect(validation?.lossMask).toEqual(Float32Array.from(masks[`${observation}` as keyof typeof masks]));
  });

  it('is refused when nothing is left, or when its mask is of another size', () => {
    const all = { ...dataset, actionIsPad: new Uint8Array(12).fill(1) };
    expect(() => withoutPadding(all, config)).toThrow(expect.objectContaining({ code: 'dataset_invalid' }));
    const short = { ...dataset, actionIsPad: new Uint8Array(11) };
    expect(() => withoutPadding(short, config)).toThrow(expect.objectContaining({ field: 'actionIsPad' }));
  });
});
