import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as edifice from './edifice.js';
import type { DenoiserParameters } from '../network/denoiser.js';

interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Golden {
  readonly name: string;
  readonly config: Record<
    'obs_size' | 'action_dim' | 'action_horizon' | 'hidden_size' | 'num_layers' | 'num_steps',
    number
  >;
  readonly output_size: number;
  readonly param_count: number;
  readonly params: Record<string, Record<string, GoldenTensor>>;
  readonly schedule: Record<
    'betas' | 'alphas' | 'alphas_cumprod' | 'sqrt_alphas_cumprod' | 'sqrt_one_minus_alphas_cumprod',
    GoldenTensor
  >;
  readonly observations: GoldenTensor;
  readonly initial_noise: GoldenTensor;
  readonly forward: ReadonlyArray<{ readonly t: number; readonly eps: GoldenTensor }>;
  readonly ddim_step: ReadonlyArray<{ readonly t: number; readonly t_prev: number; readonly x: GoldenTensor }>;
  readonly ddim_sample: ReadonlyArray<{ readonly ddim_steps: number; readonly actions: GoldenTensor }>;
}

/**
 * Ten times what float32 rounding leaves; the values were printed by Edifice itself
 * (golden/edifice/README.md).
 */
const TOLERANCE = 2e-6;
const SCHEDULE_TOLERANCE = 1e-6;

const goldenFiles = ['small', 'medium'].map((name) => {
  const golden: Golden = JSON.parse(
    readFileSync(new URL(`../../golden/edifice/${name}.json`, import.meta.url), 'utf8'),
  );
  return golden;
});

describe.each(goldenFiles)("Edifice's $name network", (golden) => {
  const { config } = golden;
  const options = {
    obsSize: config.obs_size,
    actionDim: config.action_dim,
    actionHorizon: config.action_horizon,
    hiddenSize: config.hidden_size,
    numLayers: config.num_layers,
    numSteps: config.num_steps,
  };
  const model = edifice.build(options);
  const params: DenoiserParameters = new Map(
    Object.entries(golden.params).flatMap(([layer, tensors]) =>
      Object.entries(tensors).map(([name, tensor]) => [`${layer}.${name}`, Float32Array.from(tensor.data)] as const),
    ),
  );
  const schedule = edifice.makeSchedule({ numSteps: config.num_steps });
  const observations = Float32Array.from(golden.observations.data);
  const initialNoise = Float32Array.from(golden.initial_noise.data);
  const predictedNoise = Float32Array.from(golden.forward[1].eps.data);

  it('has the sizes that Edifice reports', () => {
    expect(edifice.outputSize(options)).toBe(golden.output_size);
    expect(edifice.paramCount(options)).toBe(golden.param_count);
  });

  it.each([
    ['betas', 'betas'],
    ['alphas', 'alphas'],
    ['alphasCumprod', 'alphas_cumprod'],
    ['sqrtAlphasCumprod', 'sqrt_alphas_cumprod'],
    ['sqrtOneMinusAlphasCumprod', 'sqrt_one_minus_alphas_cumprod'],
  ] as const)('has the %s of the schedule', (ours, theirs) => {
    expect(maxRelativeDifference(schedule[ours], golden.schedule[theirs].data)).toBeLessThan(SCHEDULE_TOLERANCE);
  });

  it.each(golden.forward)('predicts the noise that Edifice predicts at t = $t', ({ t, eps }) => {
    const predicted = model.predictFn(params, { noisyActions: initialNoise, timestep: t, observations });
    expect(maxDifference(predicted, eps.data)).toBeLessThan(TOLERANCE);
  });

  it.each(golden.ddim_step)('steps from $t to $t_prev as Edifice does', ({ t, t_prev, x }) => {
    const stepped = edifice.ddimStep(initialNoise, predictedNoise, t, t_prev, schedule, 0);
    expect(maxDifference(stepped, x.data)).toBeLessThan(TOLERANCE);
  });

  it.each(golden.ddim_sample.map((entry, i) => ({ ...entry, eta: i === 3 ? 0.5 : 0 })))(
    'samples the actions that Edifice prints for $ddim_steps steps and eta $eta',
    ({ ddim_steps, eta, actions }) => {
      const sampled = edifice.ddimSample(params, model.predictFn, observations, initialNoise, {
        schedule,
        ddimSteps: ddim_steps,
        eta,
      });
      expect(maxDifference(sampled, actions.data)).toBeLessThan(TOLERANCE);
    },
  );
});

function maxDifference(actual: Float32Array, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
}

function maxRelativeDifference(actual: Float32Array, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]) / Math.abs(value)));
}
