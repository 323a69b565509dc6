import { describe, expect, it } from 'vitest';
import type { Predict } from '../network/denoiser.js';
import { fillNormal } from '../random/noise.js';
import { PURPOSES } from '../random/rng.js';
import { chunkingPull, chunkingWeights, resolveChunking } from './real-time-chunking.js';
import { readOutput, type OutputForm } from './output-form.js';
import { sample } from './sampler.js';
import { planSteps, type StepPlan } from './step-plan.js';
import type { SamplingOptions } from './sampling-options.js';
import { epsilon, mixture, mixtureX0, open, requestOf, schedule } from '../../testing/mixture.js';

const SIZE = 8;
const sizes = { actionHorizon: SIZE, actionDim: 1 };
const y = Float32Array.from({ length: SIZE }, (_, h) => 0.6 - 0.2 * h);
const seam = { delaySteps: 2, executionHorizon: 6, schedule: 'exp', maxWeight: 5 } as const;
const weights = chunkingWeights(seam, sizes);
const nullCondition = Float32Array.of(1);
const chunk = (maxWeight: number) => ({ weights, values: y, maxWeight });

describe('the weights of a chunk', () => {
  it.each([
    // docstring of get_prefix_weights in real-time-chunking-kinetix
    ['linear', 2, 6, 10, [1, 1, 4 / 5, 3 / 5, 2 / 5, 1 / 5, 0, 0, 0, 0]],
    // test_modeling_rtc.py of LeRobot: start 5, end 14
    ['exp', 5, 14, 16, [1, 1, 1, 1, 1, 0.7645, 0.5706, 0.413, 0.2871, 0.1888, 0.1145, 0.0611, 0.0258, 0.0061, 0, 0]],
    ['ones', 1, 3, 5, [1, 1, 1, 0, 0]],
    ['zeros', 2, 4, 5, [1, 1, 0, 0, 0]],
    ['exp', 2, 2, 4, [1, 1, 0, 0]],
    ['linear', 0, 0, 3, [0, 0, 0]],
  ] as const)(
    '%s from %i to %i are those of the reference',
    (name, delaySteps, executionHorizon, horizon, expected) => {
      const options = { delaySteps, executionHorizon, schedule: name, maxWeight: 1 };
      const found = chunkingWeights(options, { actionHorizon: horizon, actionDim: 1 });
      for (const [h, weight] of found.entries()) expect(Math.abs(weight - expected[h])).toBeLessThan(6e-5);
      const wide = chunkingWeights(options, { actionHorizon: horizon, actionDim: 3 });
      expect([...wide]).toEqual([...found].flatMap((weight) => [weight, weight, weight]));
    },
  );
});

describe('options of real-time chunking', () => {
  const resolve = (options: Partial<Parameters<typeof resolveChunking>[0]>) =>
    resolveChunking({ executedSteps: 4, delaySteps: 2, ...options }, { actionHorizon: 16, numSteps: 10 });

  it.each([
    [{}, { delaySteps: 2, executionHorizon: 12, schedule: 'exp', maxWeight: 10 }],
    [{ executedSteps: 0 }, { delaySteps: 2, executionHorizon: 14 }],
    [
      { executionHorizon: 9, schedule: 'ones', maxWeight: 2 },
      { executionHorizon: 9, schedule: 'ones', maxWeight: 2 },
    ],
    // only two actions of the previous plan are left
    [
      { executedSteps: 14, delaySteps: 4, executionHorizon: 9 },
      { delaySteps: 2, executionHorizon: 2 },
    ],
    [
      { executedSteps: 15, delaySteps: 8 },
      { delaySteps: 1, executionHorizon: 1 },
    ],
  ] as const)('%j end where the previous plan does', (options, expected) => {
    expect(resolve(options)).toMatchObject(expected);
  });

  it.each([
    [{ delaySteps: 9 }, 'delaySteps', 'an integer in 0..8, at most half of the horizon 16, got 9'],
    [{ delaySteps: 1.5 }, 'delaySteps', 'an integer in 0..8, at most half of the horizon 16, got 1.5'],
    [
      { executionHorizon: 1 },
      'executionHorizon',
      'an integer in 2..14, from delaySteps to horizon - delaySteps, got 1',
    ],
    [
      { executionHorizon: 15 },
      'executionHorizon',
      'an integer in 2..14, from delaySteps to horizon - delaySteps, got 15',
    ],
    [{ executedSteps: 16 }, 'executedSteps', 'an integer in 0..15, got 16'],
    [{ maxWeight: 0 }, 'maxWeight', 'a number above 0, at most 10000, got 0'],
    [{ maxWeight: Number.NaN }, 'maxWeight', 'a number above 0, at most 10000, got NaN'],
  ])('%j are refused by name', (options, option, allowed) => {
    const field = `realTimeChunking.${option}`;
    expect(() => resolve(options)).toThrow(
      expect.objectContaining({ code: 'validation_failed', field, message: `${field} must be ${allowed}` }),
    );
  });
});

describe('a chunk', () => {
  const forms: OutputForm[] = [
    epsilon,
    { predictionType: 'sample', preconditioning: 'none' },
    { predictionType: 'v_prediction', preconditioning: 'none' },
    { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.62, sigmaSkip: 0.3 },
  ];
  const cases: Array<Partial<SamplingOptions>> = [
    {},
    { eta: 0.7 },
    { eta: 1, noiseVariance: 'large' },
    { startTimestep: 600 },
    { guidanceScale: 2.5 },
    { clipSample: true, clipSampleRange: 0.5, useClippedModelOutput: true },
    { thresholding: { ratio: 0.5, maxValue: 1 }, useClippedModelOutput: true },
  ];

  it.each(forms.flatMap((form) => cases.map((options) => ({ form, options }))))(
    'is soft in-painting of x0 and ε read again from it, in float64: $form.predictionType $form.preconditioning $options',
    ({ form, options }) => {
      const plan = planSteps(schedule, form, open(8, options));
      const initialActions = options.startTimestep === undefined ? undefined : y;
      const request = requestOf(SIZE, { nullCondition, initialActions, realTimeChunking: chunk(5) });
      const actual = sample(networkOf(form), plan, request);
      const expected = inPainted(form, plan, { maxWeight: 5, initialActions });
      for (const [i, value] of actual.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(2e-5);
    },
  );

  it("is LeRobot's guided step on x / (√ā + √(1-ā)), where the pull of no step is cut off", () => {
    const plan = planSteps(schedule, epsilon, open(20));
    const maxWeight = 3;
    const actual = sample(mixture, plan, requestOf(SIZE, { realTimeChunking: chunk(maxWeight) }));
    const expected = guidedFlow(plan, maxWeight);
    for (const [i, value] of actual.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-5);
  });

  it('moves the state by the weight of a step times what x0 would move, whatever the limit took from x0', () => {
    const plan = planSteps(schedule, epsilon, open(1, { clipSample: true, clipSampleRange: 0.3 }));
    const free = sample(mixture, plan, requestOf(SIZE));
    const pulled = sample(mixture, plan, requestOf(SIZE, { realTimeChunking: chunk(5) }));
    const p = chunkingPull(plan, 0, 5);
    // one step to ā = 1, where x' is the limited x0
    for (let i = 0; i < SIZE; i++) expect(pulled[i]).toBeCloseTo(free[i] + p * weights[i] * (y[i] - free[i]), 6);
  });

  it('leaves elements of weight 0 as they are without it, bit for bit, for a network that sees each by itself', () => {
    const plan = planSteps(schedule, epsilon, open(8, { eta: 0.5, clipSample: true }));
    const free = sample(mixture, plan, requestOf(SIZE));
    const pulled = sample(mixture, plan, requestOf(SIZE, { realTimeChunking: chunk(5) }));
    expect(pulled.subarray(6)).toEqual(free.subarray(6));
    for (let i = 0; i < 6; i++) expect(pulled[i]).not.toBe(free[i]);
  });

  it.each([5, 10, 50])('never moves a step further than to the previous plan, of %i steps', (S) => {
    for (const options of [{}, { eta: 1 }, { compat: 'edifice', eta: 0.5 }] as const)
      for (const maxWeight of [0.5, S, 10_000]) {
        const plan = planSteps(schedule, epsilon, open(S, options));
        const pulls = Array.from(plan.timesteps, (_, step) => chunkingPull(plan, step, maxWeight));
        for (const pull of pulls) expect(pull >= 0 && pull <= 1).toBe(true);
        expect(Math.max(...pulls)).toBeGreaterThan(0);
      }
  });

  it('pulls at ā = 0 by its greatest weight', () => {
    const plan = planSteps(schedule, forms[2], open(8));
    const blind: StepPlan = { ...plan, levels: plan.levels.with(0, 0) };
    const [, next] = plan.levels;
    expect(chunkingPull(blind, 0, 0.25)).toBeCloseTo(0.25 * Math.sqrt(next), 6);
  });

  it('gives way to fixed actions', () => {
    const plan = planSteps(schedule, epsilon, open(8));
    const fixedActions = { mask: Uint8Array.from({ length: SIZE }, () => 1), values: y.map((value) => -value) };
    const both = sample(mixture, plan, requestOf(SIZE, { fixedActions, realTimeChunking: chunk(5) }));
    expect(both).toEqual(fixedActions.values);
  });
});

/**
 * x0 of the mixture, of half of it under the null condition, in another output form: F solved from x0 = a x +
 * b F.
 */
function networkOf(form: OutputForm): Predict {
  return (x, t, condition) => {
    const alphaBar = schedule.alphasCumprod[t];
    const share = condition[0] === nullCondition[0] ? 0.5 : 1;
    const { x0 } = readOutput(form, alphaBar);
    return x.map((value) => (share * mixtureX0(alphaBar, value) - x0(value, 0)) / (x0(0, 1) - x0(0, 0)));
  };
}

/** The equations of docs/real-time-chunking.md, element by element. */
function inPainted(
  form: OutputForm,
  plan: StepPlan,
  { maxWeight, initialActions }: { maxWeight: number; initialActions: Float32Array | undefined },
): number[] {
  const network = networkOf(form);
  const start = new Float32Array(SIZE);
  fillNormal(start, { seed: 1, row: 0, purpose: PURPOSES.initialNoise }, 0);
  const [first] = plan.levels;
  let x = [...start];
  if (initialActions) x = x.map((z, i) => Math.sqrt(first) * initialActions[i] + Math.sqrt(1 - first) * z);
  for (const [step, t] of plan.timesteps.entries()) {
    const [now, next] = plan.levels.subarray(2 * step, 2 * step + 2);
    const [A, B, P] = [Math.sqrt(now), Math.sqrt(1 - now), Math.sqrt(next)];
    const variance = ((1 - next) / (1 - now)) * (1 - now / next);
    const sigma = plan.options.eta * Math.sqrt(variance);
    const k = Math.sqrt(Math.max(1 - next - sigma ** 2, 0));
    const c = P - (k * A) / B;
    const beta = Math.min((B / (A + B)) * Math.min(1 / (A * B), maxWeight), 1 / c);
    const [F, nullF] = [new Float32Array(1), nullCondition].map((each) => network(Float32Array.from(x), t, each));
    const output = F.map((value, i) => nullF[i] + plan.options.guidanceScale * (value - nullF[i]));
    const z = new Float32Array(SIZE);
    fillNormal(z, { seed: 1, row: 0, purpose: PURPOSES.stepNoise }, step);
    const x0 = limited(
      x.map((value, i) => readOutput(form, now).x0(value, output[i])),
      plan.options,
    );
    x = x.map((value, i) => {
      const pulled = x0[i] + beta * weights[i] * (y[i] - x0[i]);
      const eps = (value - A * pulled) / B;
      return P * pulled + k * eps + plan.noiseFactors[step] * z[i];
    });
  }
  return x;
}

function limited(x0: number[], { thresholding, clipSample, clipSampleRange }: SamplingOptions): number[] {
  const clamp = (value: number, most: number) => Math.min(Math.max(value, -most), most);
  if (thresholding) {
    const sorted = x0.map(Math.abs).sort((a, b) => a - b);
    const s = Math.min(Math.max((sorted[3] + sorted[4]) / 2, 1), thresholding.maxValue);
    return x0.map((value) => clamp(value, s) / s);
  }
  return clipSample ? x0.map((value) => clamp(value, clipSampleRange)) : x0;
}

/**
 * RTCProcessor.denoise_step of LeRobot with its constant Jacobian, in its own time (1 is noise), along
 * x_t = t ε + (1 - t) x1; the levels of the plan are t = B/(A + B).
 */
function guidedFlow(plan: StepPlan, maxWeight: number): number[] {
  const start = new Float32Array(SIZE);
  fillNormal(start, { seed: 1, row: 0, purpose: PURPOSES.initialNoise }, 0);
  const levelOf = (alphaBar: number) => Math.sqrt(alphaBar) + Math.sqrt(1 - alphaBar);
  const timeOf = (alphaBar: number) => Math.sqrt(1 - alphaBar) / levelOf(alphaBar);
  let x = Array.from(start, (z) => z / levelOf(plan.levels[0]));
  for (const step of plan.timesteps.keys()) {
    const [now, next] = plan.levels.subarray(2 * step, 2 * step + 2);
    const [t, dt] = [timeOf(now), timeOf(next) - timeOf(now)];
    const tau = 1 - t;
    const weight = Math.min((t / tau) * ((t ** 2 + tau ** 2) / t ** 2), maxWeight);
    x = x.map((value, i) => {
      const v = (value - mixtureX0(now, value * levelOf(now))) / t;
      const error = (y[i] - (value - t * v)) * weights[i];
      return value + dt * (v - weight * error);
    });
  }
  return x;
}
