import { describe, expect, it } from 'vitest';
import * as edifice from '../compat/edifice.js';
import { makeNoiseSchedule } from '../math/schedule.js';
import { planSteps } from '../math/step-plan.js';
import { presets } from './presets.js';
import { samplingOptions } from '../math/sampling-options.js';

describe('presets', () => {
  it.each(Object.entries(presets))('can be planned as they are: %s', (_, { diffusion }) => {
    const { numInferenceSteps, timestepSpacing, clipSample, clipSampleRange, predictionType } = diffusion;
    const options = samplingOptions({ numInferenceSteps, timestepSpacing, clipSample, clipSampleRange });
    const form = { predictionType, preconditioning: 'none' } as const;
    const plan = planSteps(makeNoiseSchedule(diffusion), form, options);
    expect(plan.timesteps).toHaveLength(numInferenceSteps);
    expect(plan.warnings).toEqual([]);
  });

  it("has Edifice's own defaults in the preset of that name", () => {
    const defaults = edifice.recommendedDefaults();
    expect(presets.edifice.network).toMatchObject({ hiddenSize: defaults.hiddenSize, numLayers: defaults.numLayers });
    expect(presets.edifice.actionHorizon).toBe(defaults.actionHorizon);
    expect(presets.edifice.diffusion).toMatchObject({
      numTrainTimesteps: defaults.numSteps,
      numInferenceSteps: defaults.ddimSteps,
    });
  });
});
