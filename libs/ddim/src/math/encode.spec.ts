import { describe, expect, it } from 'vitest';
import { fillNormal } from '../random/noise.js';
import { planSteps } from './step-plan.js';
import { PURPOSES } from '../random/rng.js';
import { sample, encode } from './sampler.js';
import type { OutputForm } from './output-form.js';
import type { Predict } from '../network/denoiser.js';
import { epsilon, mixture, mixtureX0, open, requestOf, rms, sampleMixture, schedule } from '../../testing/mixture.js';

describe('encode', () => {
  it('is undone by sampling, the better the more steps', () => {
    const initialActions = sampleMixture(1000);
    const errors = [5, 10, 20, 50, 100].map((S) => {
      const up = planSteps(schedule, epsilon, open(S), 'encode');
      const noise = encode(mixture, up, requestOf(64, { initialActions }));
      const down = planSteps(schedule, epsilon, open(S));
      return rms(sample(mixture, down, requestOf(64, { initialNoise: noise })), initialActions);
    });
    for (const [i, error] of errors.entries()) if (i > 0) expect(error).toBeLessThan(errors[i - 1]);
    expect(errors[4]).toBeLessThan(0.03);
  });

  it.each([
    epsilon,
    { predictionType: 'sample', preconditioning: 'none' },
    { predictionType: 'v_prediction', preconditioning: 'none' },
    { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.62, sigmaSkip: 0.3 },
  ] as const)(
    'finds the noise that sampling started from, through every output form: $predictionType $preconditioning',
    (form) => {
      const predict = form.predictionType === 'epsilon' ? mixture : reformed(form);
      const z0 = new Float32Array(64);
      fillNormal(z0, { seed: 1, row: 0, purpose: PURPOSES.initialNoise }, 0);
      const initialActions = sampleMixture(1000);
      const errors = [10, 100, 1000].map((S) => {
        const through = (as: OutputForm, of: Predict) =>
          encode(of, planSteps(schedule, as, open(S), 'encode'), requestOf(64, { initialActions }));
        const found = through(form, predict);
        expect(rms(found, through(epsilon, mixture))).toBeLessThan(1e-4);
        return rms(found, z0);
      });
      expect(errors[1]).toBeLessThan(errors[0]);
      expect(errors[2]).toBeLessThan(Math.min(errors[1], 0.03));
    },
  );

  it('needs actions, and knows no fixed ones and no plan under way', () => {
    const plan = planSteps(schedule, epsilon, open(4), 'encode');
    const initialActions = new Float32Array(4);
    expect(() => encode(mixture, plan, requestOf(4))).toThrow(expect.objectContaining({ field: 'initialActions' }));
    expect(() => encode(mixture, plan, requestOf(4, { initialActions, fixedActions: fixedOf(4, 4) }))).toThrow(
      expect.objectContaining({ field: 'fixedActions' }),
    );
    const realTimeChunking = { weights: new Float32Array(4), values: new Float32Array(4), maxWeight: 5 };
    expect(() => encode(mixture, plan, requestOf(4, { initialActions, realTimeChunking }))).toThrow(
      expect.objectContaining({ field: 'realTimeChunking' }),
    );
  });
});

function fixedOf(maskSize: number, valuesSize: number) {
  return { mask: new Uint8Array(maskSize), values: new Float32Array(valuesSize) };
}

/** The mixture's exact network in another output form: F solved from x0 = a x + b F. */
function reformed(form: OutputForm): Predict {
  return (x, t) =>
    x.map((value) => {
      const alphaBar = schedule.alphasCumprod[t];
      const [A, B] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
      const x0 = mixtureX0(alphaBar, value);
      if (form.predictionType === 'v_prediction') return (A * value - x0) / B;
      if (form.preconditioning === 'none') return x0;
      const { sigmaData = 1, sigmaSkip = 1 } = form;
      const q = alphaBar * sigmaSkip ** 2 + 1 - alphaBar;
      const g = Math.sqrt((1 - alphaBar) * sigmaData ** 2 + alphaBar * sigmaSkip ** 4) / q;
      return (x0 - ((sigmaSkip ** 2 * A) / q) * value) / (B * g);
    });
}
