import { describe, expect, it } from 'vitest';
import {
  encodeObservations,
  initialParameters,
  mlpPredict,
  type MlpDenoiserConfig,
  type Predict,
} from '../network/denoiser.js';
import { fillNormal } from '../random/noise.js';
import { makeNoiseSchedule } from './schedule.js';
import { planSteps } from './step-plan.js';
import { PURPOSES } from '../random/rng.js';
import { sample, encode, type SampleRequest } from './sampler.js';
import { startTimestepForStrength } from './timesteps.js';
import {
  exactEpsilon,
  epsilon,
  mixture,
  open,
  requestOf,
  rms,
  sampleMixture,
  schedule,
  linear,
} from '../../testing/mixture.js';

describe('sample', () => {
  it('converges to the exact flow as steps are added', () => {
    const exact = sampleMixture(1000);
    const errors = [5, 10, 20, 50, 100].map((S) => rms(sampleMixture(S), exact));
    for (const [i, error] of errors.entries()) if (i > 0) expect(error).toBeLessThan(errors[i - 1]);
    expect(errors[4]).toBeLessThan(errors[0] / 10);
  });

  it.each([
    ['DDPM, small variance', { eta: 1 }],
    ['DDPM, large variance', { eta: 1, noiseVariance: 'large' }],
    ['half-way', { eta: 0.5 }],
    ['deterministic', { eta: 0 }],
  ] as const)('has the mean and variance that Gaussian data predicts: %s', (_, overrides) => {
    const coarse = makeNoiseSchedule({ ...linear, numTrainTimesteps: 50, betaEnd: 0.2 });
    const [dataMean, dataVariance] = [0.3, 0.25];
    const gain = (alphaBar: number) => (Math.sqrt(alphaBar) * dataVariance) / (alphaBar * dataVariance + 1 - alphaBar);
    const meanX0 = (alphaBar: number, x: number) => dataMean + gain(alphaBar) * (x - Math.sqrt(alphaBar) * dataMean);
    const n = 40_000;
    const plan = planSteps(coarse, epsilon, open(50, overrides));
    const actions = sample(exactEpsilon(meanX0, coarse), plan, requestOf(n));

    let [mean, variance] = [0, 1];
    for (let t = 49; t >= 0; t--) {
      const alphaBar = coarse.alphasCumprod[t];
      const previous = t === 0 ? 1 : coarse.alphasCumprod[t - 1];
      const posterior = (1 - alphaBar / previous) * ((1 - previous) / (1 - alphaBar));
      const sigma2 = overrides.eta ** 2 * posterior;
      const [A, P, k] = [Math.sqrt(alphaBar), Math.sqrt(previous), Math.sqrt(1 - previous - sigma2)];
      const perX0 = P - (k * A) / Math.sqrt(1 - alphaBar);
      const slope = perX0 * gain(alphaBar) + k / Math.sqrt(1 - alphaBar);
      mean = slope * mean + perX0 * dataMean * (1 - gain(alphaBar) * A);
      const added = 'noiseVariance' in overrides ? (t === 0 ? 0 : 1 - alphaBar / previous) : sigma2;
      variance = slope ** 2 * variance + added;
    }
    const found = actions.reduce((sum, value) => sum + value, 0) / n;
    const spread = actions.reduce((sum, value) => sum + (value - found) ** 2, 0) / n;
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(Math.abs(spread / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  it('gives a row the same bytes with and without other rows', () => {
    const plan = planSteps(schedule, epsilon, open(5, { eta: 0.8 }));
    const three = sample(mixture, plan, requestOf(8, { rows: 3 }));
    const two = sample(mixture, plan, requestOf(8, { rows: 2 }));
    expect(three.subarray(0, 16)).toEqual(two);
    expect(three.subarray(0, 8)).not.toEqual(three.subarray(8, 16));
  });

  it("starts from the row's own stream unless noise is given", () => {
    const z0 = new Float32Array(8);
    fillNormal(z0, { seed: 1, row: 0, purpose: PURPOSES.initialNoise }, 0);
    const plan = planSteps(schedule, epsilon, open(5));
    const seeded = sample(mixture, plan, requestOf(8));
    expect(sample(mixture, plan, requestOf(8, { seed: 99, initialNoise: z0 }))).toEqual(seeded);
    expect(sample(mixture, plan, requestOf(8, { seed: 99 }))).not.toEqual(seeded);
  });

  it('shows the predicted x0 of every step, the last one being the result', () => {
    const shown: Array<{ step: number; x0: Float32Array }> = [];
    const onStep = (step: number, x0: Float32Array) => shown.push({ step, x0 });
    const actions = sample(mixture, planSteps(schedule, epsilon, open(4)), requestOf(8, { onStep }));
    expect(shown.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect(shown[3].x0).toEqual(actions);
  });

  it('refuses arrays of another shape, and what is missing', () => {
    const plan = planSteps(schedule, epsilon, open(4));
    const guided = planSteps(schedule, epsilon, open(4, { guidanceScale: 2 }));
    const midway = planSteps(schedule, epsilon, open(4, { startTimestep: 500 }));
    for (const [run, field] of [
      [() => sample(mixture, plan, requestOf(8, { initialNoise: new Float32Array(7) })), 'initialNoise'],
      [() => sample(mixture, plan, requestOf(8, { rows: 3, conditions: new Float32Array(7) })), 'conditions'],
      [() => sample(mixture, plan, requestOf(8, { fixedActions: fixedOf(7, 8) })), 'fixedActions.mask'],
      [() => sample(mixture, plan, requestOf(8, { fixedActions: fixedOf(8, 7) })), 'fixedActions.values'],
      [() => sample(mixture, guided, requestOf(8)), 'nullCondition'],
      [() => sample(mixture, midway, requestOf(8)), 'initialActions'],
      [() => sample(mixture, planSteps(schedule, epsilon, open(4), 'encode'), requestOf(8)), 'plan'],
      [() => encode(mixture, plan, requestOf(8)), 'plan'],
    ] as const)
      expect(run).toThrow(expect.objectContaining({ name: 'InputError', field }));
  });
});

describe('guidance', () => {
  const config: MlpDenoiserConfig = {
    ...epsilon,
    obsSize: 3,
    actionDim: 2,
    actionHorizon: 2,
    hiddenSize: 8,
    numLayers: 1,
    numTrainTimesteps: 1000,
  };
  const params = initialParameters(config, 3);
  const predict = mlpPredict(config, params);
  const nullCondition = encodeObservations(config, params, null);
  const conditions = encodeObservations(config, params, Float32Array.of(1, -1, 0.5));
  const run = (guidanceScale: number, request: Partial<SampleRequest> = {}) => {
    const plan = planSteps(schedule, epsilon, open(4, { guidanceScale, clipSample: true }));
    return sample(predict, plan, requestOf(4, { conditions, nullCondition, ...request }));
  };

  it('at scale 1 is unguided sampling, bit for bit', () => {
    expect(run(1)).toEqual(run(1, { nullCondition: undefined }));
  });

  it('at scale 0 is sampling under the null condition', () => {
    expect(run(0)).toEqual(run(1, { conditions: nullCondition }));
  });

  it('beyond 1 moves away from both', () => {
    expect(run(3)).not.toEqual(run(1));
  });
});

describe('a start in the middle', () => {
  const initialActions = Float32Array.of(0.6, -0.6, 0.5, -0.5);

  it('at strength 1 takes every step', () => {
    const startTimestep = startTimestepForStrength(1000, open(20), 1);
    const full = planSteps(schedule, epsilon, open(20));
    expect(planSteps(schedule, epsilon, open(20, { startTimestep })).timesteps).toEqual(full.timesteps);
  });

  it('changes the actions less, the smaller the strength', () => {
    const distances = [0.2, 0.4, 0.6].map((strength) => {
      const startTimestep = startTimestepForStrength(1000, open(50), strength);
      const plan = planSteps(schedule, epsilon, open(50, { startTimestep }));
      return rms(sample(mixture, plan, requestOf(4, { initialActions })), initialActions);
    });
    expect(distances[0]).toBeLessThan(distances[1]);
    expect(distances[1]).toBeLessThan(distances[2]);
  });
});

describe('fixed actions', () => {
  const y = Float32Array.of(0.11, -0.22, 0.33, 0.44);
  const mask = Uint8Array.of(1, 1, 0, 0);

  it.each([true, false])('come out exactly as they went in, setAlphaToOne %s', (setAlphaToOne) => {
    const own = makeNoiseSchedule({ ...linear, setAlphaToOne });
    const plan = planSteps(own, epsilon, open(5, { eta: 0.5 }));
    const actions = sample(mixture, plan, requestOf(4, { fixedActions: { mask, values: y } }));
    expect(actions.subarray(0, 2)).toEqual(y.subarray(0, 2));
    expect(actions.subarray(2)).not.toEqual(y.subarray(2));
  });

  it('travel the path of a perfect prediction from the initial noise', () => {
    const z0 = Float32Array.of(1, -2, 0.3, 0.7);
    const states: Float32Array[] = [];
    const watch: Predict = (x, t, condition) => {
      states.push(x.slice());
      return mixture(x, t, condition);
    };
    const plan = planSteps(schedule, epsilon, open(5, { eta: 1 }));
    sample(watch, plan, requestOf(4, { initialNoise: z0, fixedActions: { mask, values: y } }));
    for (const [step, state] of states.entries()) {
      const alphaBar = plan.levels[2 * step];
      for (const i of [0, 1])
        expect(state[i]).toBeCloseTo(Math.sqrt(alphaBar) * y[i] + Math.sqrt(1 - alphaBar) * z0[i], 6);
    }
  });

  it('leave the other rows and elements alone when nothing is known', () => {
    const plan = planSteps(schedule, epsilon, open(5));
    const fixedActions = { mask: new Uint8Array(4), values: y };
    expect(sample(mixture, plan, requestOf(4, { fixedActions }))).toEqual(sample(mixture, plan, requestOf(4)));
  });
});

function fixedOf(maskSize: number, valuesSize: number) {
  return { mask: new Uint8Array(maskSize), values: new Float32Array(valuesSize) };
}
