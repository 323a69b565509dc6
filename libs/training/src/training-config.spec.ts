import { describe, expect, it } from 'vitest';
import { presets, type TrainingConfig } from '#ddim';
import { checkTrainingConfig } from './training-config.js';

const config: TrainingConfig = { ...presets['diffusion-policy'], obsSize: 3, actionDim: 2 };

const refusal = (changed: TrainingConfig): unknown => {
  try {
    checkTrainingConfig(changed);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a training configuration', () => {
  it('that is complete is found good without a warning', () => {
    expect(checkTrainingConfig(config)).toEqual([]);
  });

  it('with a network of odd width is refused', () => {
    const odd = { ...config, network: { ...config.network, hiddenSize: 15 } };
    expect(refusal(odd)).toMatchObject({ code: 'validation_failed' });
  });

  it('whose sampling defaults no job could use is refused', () => {
    const diffusion = { ...config.diffusion, rescaleBetasZeroSnr: true, timestepSpacing: 'trailing' } as const;
    const useless = { ...config, diffusion: { ...diffusion, predictionType: 'epsilon' } } as const;
    expect(refusal(useless)).toMatchObject({ code: 'epsilon_at_zero_snr' });
  });
});
