import { describe, expect, it } from 'vitest';
import { checkTrainingConfig } from '#training';
import { presets, samplingDefaults } from '#ddim';
import { resolveTrainingConfig } from './training-config.js';
import { TrainingRequest } from './training-request.js';

const dataset = { obsSize: 10, actionHorizon: 8, actionDim: 2 };
const request = (fields: object) => TrainingRequest.parse({ model: 'm', dataset: 'd', ...fields });

describe('the settings of a training job', () => {
  it.each(['diffusion-policy', 'edifice'] as const)('are those of %s with the sizes of the dataset', (preset) => {
    const { network, diffusion, training } = presets[preset];
    const config = resolveTrainingConfig(request({ preset }), dataset);
    expect(config).toEqual({ ...dataset, network, diffusion, training });
  });

  it('are those of diffusion-policy when no preset is named', () => {
    expect(resolveTrainingConfig(request({}), dataset).diffusion).toEqual(presets['diffusion-policy'].diffusion);
  });

  it('are overridden field by field', () => {
    const config = resolveTrainingConfig(
      request({
        network: { hiddenSize: 32 },
        diffusion: { predictionType: 'sample' },
        training: { steps: 7 },
      }),
      dataset,
    );
    const preset = presets['diffusion-policy'];
    expect(config.network).toEqual({ ...preset.network, hiddenSize: 32 });
    expect(config.diffusion).toEqual({ ...preset.diffusion, predictionType: 'sample' });
    expect(config.training).toEqual({ ...preset.training, steps: 7, warmupSteps: 0 });
  });

  it.each([
    [{ steps: 100 }, 10],
    [{ steps: 499 }, 49],
    [{ steps: 500 }, 500],
    [{ steps: 100, warmupSteps: 40 }, 40],
    [{}, 500],
  ])('warm up for a tenth of a run that is shorter than the default warm-up: %j', (training, warmupSteps) => {
    const config = resolveTrainingConfig(request({ training }), dataset);
    expect(config.training.warmupSteps).toBe(warmupSteps);
    expect(() => checkTrainingConfig(config)).not.toThrow();
  });

  it.each([
    [{ numTrainTimesteps: 5 }, { numTrainTimesteps: 5, numInferenceSteps: 5 }],
    [{ trainedBetas: [0.1, 0.2, 0.3] }, { numTrainTimesteps: 3, numInferenceSteps: 3 }],
    [{ numTrainTimesteps: 50 }, { numTrainTimesteps: 50, numInferenceSteps: 10 }],
  ])('take defaults that fit the timesteps that were set: %j', (diffusion, expected) => {
    const config = resolveTrainingConfig(request({ diffusion }), dataset);
    expect(config.diffusion).toMatchObject(expected);
    expect(() => checkTrainingConfig(config)).not.toThrow();
  });
});

describe('the sampling defaults of a training job', () => {
  it('are every option that a model can keep', () => {
    const diffusion = {
      eta: 1,
      thresholding: { ratio: 0.9, maxValue: 2 },
      useClippedModelOutput: true,
      timestepSpacing: 'leading',
      stepsOffset: 1,
    } as const;
    const config = resolveTrainingConfig(request({ diffusion }), dataset);
    expect(samplingDefaults(config.diffusion)).toMatchObject(diffusion);
  });
});

describe('a training request', () => {
  it.each([
    ['a learning rate of 0', { training: { learningRate: 0 } }],
    ['a negative learning rate', { training: { learningRate: -1 } }],
    ['an infinite learning rate', { training: { learningRate: Number.POSITIVE_INFINITY } }],
    ['no batch', { training: { batchSize: 0 } }],
    ['a batch of ten million', { training: { batchSize: 1e7 } }],
    ['a thousand million steps', { training: { steps: 1e9 } }],
    ['an EMA that never changes', { training: { emaMaxDecay: 1 } }],
    ['an EMA that grows', { training: { emaMaxDecay: 2 } }],
    ['a text for a number', { training: { steps: '50' } }],
    ['an odd hidden size', { network: { hiddenSize: 33 } }],
    ['no layer', { network: { numLayers: 0 } }],
    ['a beta of 1', { diffusion: { betaEnd: 1 } }],
    ['an unknown field', { training: { learning_rate: 1 } }],
    ['an unknown preset', { preset: 'stable-diffusion' }],
    ['a name that is a path', { model: '../x' }],
    ['a version for the name of the new model', { model: 'm@3' }],
  ])('with %s is refused', (_, fields) => {
    expect(TrainingRequest.safeParse({ model: 'm', dataset: 'd', ...fields }).success).toBe(false);
  });

  it('names the path of every wrong field', () => {
    const parsed = TrainingRequest.safeParse({ model: 'm', dataset: 'd', training: { steps: 0, batchSize: 0 } });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['training.steps', 'training.batchSize']);
  });
});
