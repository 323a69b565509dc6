import { describe, expect, it } from 'vitest';
import {
  encode,
  encodeObservations,
  fillNormal,
  initialParameters,
  makeNoiseSchedule,
  mlpPredict,
  planSteps,
  PURPOSES,
  sample,
  samplingOptions,
  startTimestepForStrength,
  type MlpDenoiserConfig,
  type NoiseSchedule,
  type NoiseScheduleConfig,
  type OutputForm,
  type Predict,
  type SampleRequest,
  type SamplingOptions,
} from './index.js';

const linear: NoiseScheduleConfig = {
  numTrainTimesteps: 1000,
  betaSchedule: 'linear',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
};
const schedule = makeNoiseSchedule(linear);
const epsilon: OutputForm = { predictionType: 'epsilon', preconditioning: 'none' };
const open = (numInferenceSteps: number, overrides: Partial<SamplingOptions> = {}) =>
  samplingOptions({ numInferenceSteps, clipSample: false, ...overrides });
const requestOf = (outputSize: number, overrides: Partial<SampleRequest> = {}): SampleRequest => ({
  seed: 1,
  rows: 1,
  outputSize,
  conditions: new Float32Array(0),
  ...overrides,
});

/** Mixture of two Gaussians at ±0.6 with deviation 0.15, element by element; its exact E[x0 | x]. */
const mixtureX0 = (alphaBar: number, x: number): number => {
  const [A, variance] = [Math.sqrt(alphaBar), alphaBar * 0.15 ** 2 + 1 - alphaBar];
  const posterior = [-0.6, 0.6].map((mean) => ({
    weight: Math.exp(-((x - A * mean) ** 2) / (2 * variance)),
    mean: mean + ((A * 0.15 ** 2) / variance) * (x - A * mean),
  }));
  const total = posterior[0].weight + posterior[1].weight;
  return (posterior[0].weight * posterior[0].mean + posterior[1].weight * posterior[1].mean) / total;
};
/** The exact ε predictor of any distribution whose E[x0 | x] is known. */
const exactEpsilon =
  (meanX0: (alphaBar: number, x: number) => number, { alphasCumprod }: NoiseSchedule): Predict =>
  (x, t) =>
    x.map((value) => {
      const alphaBar = alphasCumprod[t];
      return (value - Math.sqrt(alphaBar) * meanX0(alphaBar, value)) / Math.sqrt(1 - alphaBar);
    });
const mixture = exactEpsilon(mixtureX0, schedule);
const rms = (left: Float32Array, right: Float32Array) =>
  Math.sqrt(left.reduce((sum, value, i) => sum + (value - right[i]) ** 2, 0) / left.length);
/** 64 elements of the mixture after S deterministic steps. */
const sampleMixture = (S: number) => sample(mixture, planSteps(schedule, epsilon, open(S)), requestOf(64));

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

  it('needs actions, and knows no fixed ones', () => {
    const plan = planSteps(schedule, epsilon, open(4), 'encode');
    const initialActions = new Float32Array(4);
    expect(() => encode(mixture, plan, requestOf(4))).toThrow(expect.objectContaining({ field: 'initialActions' }));
    expect(() => encode(mixture, plan, requestOf(4, { initialActions, fixedActions: fixedOf(4, 4) }))).toThrow(
      expect.objectContaining({ field: 'fixedActions' }),
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
