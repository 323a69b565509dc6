import { describe, expect, it } from 'vitest';
import { inheritShape, shapeDifference } from './same-shape.js';
import { presets } from './presets.js';
import type { MlpDenoiserConfig } from '../network/denoiser.js';
import type { TrainingConfig } from './training-config.js';

const model: MlpDenoiserConfig = {
  obsSize: 3,
  actionDim: 2,
  actionHorizon: 8,
  hiddenSize: 16,
  numLayers: 1,
  numTrainTimesteps: 50,
  predictionType: 'sample',
  preconditioning: 'edm',
  sigmaData: 0.4,
  sigmaSkip: 0.3,
};
const preset = presets['diffusion-policy'];
const fitting: TrainingConfig = {
  obsSize: 3,
  actionDim: 2,
  actionHorizon: 8,
  network: { hiddenSize: 16, numLayers: 1, preconditioning: 'edm' },
  diffusion: { ...preset.diffusion, numTrainTimesteps: 50, predictionType: 'sample' },
  training: preset.training,
};

describe('a training that starts from a model', () => {
  it('takes what its weights mean from it where the request says nothing', () => {
    const { network, diffusion } = inheritShape({ network: {}, diffusion: { betaSchedule: 'linear' } }, model);
    expect(network).toEqual({ hiddenSize: 16, numLayers: 1, preconditioning: 'edm' });
    expect(diffusion).toEqual({ betaSchedule: 'linear', numTrainTimesteps: 50, predictionType: 'sample' });
  });

  it('keeps what the request says, so that a contradiction can be named', () => {
    const given = {
      network: { hiddenSize: 32, numLayers: 2, preconditioning: 'none' },
      diffusion: { numTrainTimesteps: 100, predictionType: 'epsilon' },
    } as const;
    expect(inheritShape(given, model)).toEqual(given);
  });

  it.each([
    ['network.hiddenSize', { hiddenSize: 8_192 }],
    ['network.numLayers', { numLayers: 64 }],
  ])('is refused by %s where the model is larger than a training may be', (field, change) => {
    const inherit = () => inheritShape({ network: {}, diffusion: {} }, { ...model, ...change });
    expect(inherit).toThrow(expect.objectContaining({ code: 'validation_failed', field }));
  });

  it('fits a model of its own shape, whose sigmas it need not name', () => {
    expect(shapeDifference(model, fitting)).toBeUndefined();
    expect(shapeDifference({ ...model, sigmaData: 7 }, fitting)).toBeUndefined();
  });

  it.each<[field: string, change: Partial<TrainingConfig>, wanted: number | string, kept: number | string]>([
    ['obsSize', { obsSize: 4 }, 4, 3],
    ['actionHorizon', { actionHorizon: 4 }, 4, 8],
    ['actionDim', { actionDim: 1 }, 1, 2],
    ['network.hiddenSize', { network: { ...fitting.network, hiddenSize: 32 } }, 32, 16],
    ['network.numLayers', { network: { ...fitting.network, numLayers: 2 } }, 2, 1],
    ['network.preconditioning', { network: { ...fitting.network, preconditioning: 'none' } }, 'none', 'edm'],
    ['network.sigmaSkip', { network: { ...fitting.network, sigmaSkip: 0.5 } }, 0.5, 0.3],
    ['diffusion.numTrainTimesteps', { diffusion: { ...fitting.diffusion, numTrainTimesteps: 100 } }, 100, 50],
    [
      'diffusion.predictionType',
      { diffusion: { ...fitting.diffusion, predictionType: 'epsilon' } },
      'epsilon',
      'sample',
    ],
  ])('differs by its %s', (field, change, wanted, kept) => {
    expect(shapeDifference(model, { ...fitting, ...change })).toEqual({ field, wanted, kept });
  });
});
