import { describe, expect, it } from 'vitest';
import { defaultSigmaSkip, validateModel } from './model-validation.js';
import { parseWarning } from '../warning.js';
import { presets } from '../model/presets.js';
import type { MlpDenoiserConfig } from './denoiser.js';
import type { NoiseScheduleConfig } from '../math/schedule.js';

const schedule: NoiseScheduleConfig = { ...presets.edifice.diffusion };
const config: MlpDenoiserConfig = {
  obsSize: 287,
  actionDim: 64,
  actionHorizon: 8,
  hiddenSize: 256,
  numLayers: 4,
  numTrainTimesteps: 1000,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const warningsOf = (change: Partial<MlpDenoiserConfig>) =>
  validateModel({ ...config, ...change }, schedule).warnings.map(parseWarning);

describe('validateModel', () => {
  it.each([
    ['epsilon', '0.500'],
    ['v_prediction', '0.138'],
  ] as const)('warns of the loss floor of a network narrower than its output: %s', (predictionType, floor) => {
    const [warning] = warningsOf({ predictionType });
    expect(warning.code).toBe('rank_limited_prediction');
    expect(warning.message).toContain(`below about ${floor}`);
  });

  it('is silent where the rank does not matter', () => {
    expect(warningsOf({ predictionType: 'sample' })).toEqual([]);
    expect(warningsOf({ hiddenSize: 512 })).toEqual([]);
  });

  it('warns of a skip that lets noise through a narrow network', () => {
    const skip = { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.4 } as const;
    expect(warningsOf({ ...skip, sigmaSkip: 0.4 })[0].code).toBe('rank_limited_prediction');
    expect(warningsOf({ ...skip, sigmaSkip: 0.1 })).toEqual([]);
    expect(warningsOf({ ...skip, sigmaSkip: 0.4, hiddenSize: 512 })).toEqual([]);
  });

  it('lists every error at once, each with what came', () => {
    const broken = { ...config, hiddenSize: 7, numLayers: 0, actionDim: 0, numTrainTimesteps: 10 };
    const { errors, warnings } = validateModel(broken, { ...schedule, betaEnd: 2 });
    expect(errors).toHaveLength(5);
    expect(errors.join(' ')).toMatch(
      /actionDim.*got 0.*hiddenSize.*even.*got 7.*numLayers.*numTrainTimesteps.*betaEnd.*got 2/,
    );
    expect(warnings).toEqual([]);
  });

  it('refuses a skip output of anything but x0', () => {
    const { errors } = validateModel({ ...config, preconditioning: 'edm' }, schedule);
    expect(errors[0]).toContain('predictionType must be sample');
  });
});

describe('defaultSigmaSkip', () => {
  it('is the data deviation of a wide network and small for a narrow one', () => {
    expect(defaultSigmaSkip({ actionDim: 2, actionHorizon: 8, hiddenSize: 16 }, 0.42)).toBe(0.42);
    expect(defaultSigmaSkip({ actionDim: 2, actionHorizon: 9, hiddenSize: 16 }, 0.42)).toBe(0.05);
  });
});
