import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  COEFFICIENTS_PER_STEP,
  RAW_OUTPUT_ROW,
  makeNoiseSchedule,
  outputSize,
  samplingOptions,
  type MlpDenoiserConfig,
} from '#ddim';
import { planSteps } from '../../ddim/src/math/step-plan.js';
import type { DenoiserBackend, LoadedDenoiser } from './backend/backend.js';
import { assembleMacroStep, type ProbeRow, type ProbeState } from './self-test/self-test-rows.js';
import { schedule } from '../testing/probe-rows.js';
import { openBackend, realBackends, softwareBackends } from '../testing/real-backends.js';

interface Golden {
  readonly config: Record<
    'obs_size' | 'action_dim' | 'action_horizon' | 'hidden_size' | 'num_layers' | 'num_steps',
    number
  >;
  readonly params: Record<string, Record<string, { readonly data: readonly number[] }>>;
  readonly observations: { readonly data: readonly number[] };
  readonly initial_noise: { readonly data: readonly number[] };
  readonly forward: ReadonlyArray<{ readonly t: number; readonly eps: { readonly data: readonly number[] } }>;
  readonly ddim_sample: ReadonlyArray<{
    readonly ddim_steps: number;
    readonly actions: { readonly data: readonly number[] };
  }>;
}

function readGolden(name: string): Golden {
  const parsed: Golden = JSON.parse(
    readFileSync(new URL(`../../ddim/golden/edifice/${name}.json`, import.meta.url), 'utf8'),
  );
  return parsed;
}

/** Some ten roundings of float32; the values were printed by Edifice itself (golden/edifice/README.md). */
const GOLDEN_TOLERANCE = 2e-6;

const cases = [
  ...realBackends.flatMap((real) => ['small', 'medium'].map((name) => ({ name, real }))),
  ...softwareBackends.map((real) => ({ name: 'small', real })),
];

describe.each(cases)("Edifice's $name network on $real.name", ({ name, real }) => {
  const golden = readGolden(name);
  const { obs_size, action_dim, action_horizon, hidden_size, num_layers, num_steps } = golden.config;
  const goldenConfig: MlpDenoiserConfig = {
    obsSize: obs_size,
    actionDim: action_dim,
    actionHorizon: action_horizon,
    hiddenSize: hidden_size,
    numLayers: num_layers,
    numTrainTimesteps: num_steps,
    predictionType: 'epsilon',
    preconditioning: 'none',
  };
  const goldenParameters = new Map(
    Object.entries(golden.params).flatMap(([layer, tensors]) =>
      Object.entries(tensors).map(([part, { data }]) => [`${layer}.${part}`, Float32Array.from(data)] as const),
    ),
  );
  const size = outputSize(goldenConfig);
  const N = golden.initial_noise.data.length / size;
  const noise = Float32Array.from(golden.initial_noise.data);
  let backend: DenoiserBackend;
  let loaded: LoadedDenoiser;
  let conditions: Float32Array[];
  beforeAll(async () => {
    backend = await openBackend(real);
    loaded = await backend.load({ version: name, config: goldenConfig, parameters: goldenParameters }, 'float32');
    const all = new Float32Array(N * hidden_size);
    await loaded.encodeObservations(Float32Array.from(golden.observations.data), all, N);
    conditions = Array.from({ length: N }, (_, i) => all.slice(i * hidden_size, (i + 1) * hidden_size));
  });
  afterAll(() => backend.close());

  const runRows = async (steps: ProbeRow['steps']) => {
    const states = conditions.map((condition, i): ProbeState => {
      const x = noise.slice(i * size, (i + 1) * size);
      return { row: { x, condition, steps }, x, done: 0 };
    });
    const macroStep = assembleMacroStep(states, steps.length, false);
    await loaded.advance(macroStep);
    return macroStep.x;
  };

  it.each(golden.forward)('predicts the noise that Edifice predicts at t = $t', async ({ t, eps }) => {
    const F = await runRows([{ timestep: t, coefficients: RAW_OUTPUT_ROW, levels: [1, 0] }]);
    expect(maxDifference(F, eps.data)).toBeLessThan(GOLDEN_TOLERANCE);
  });

  it.each(golden.ddim_sample.map((entry, i) => ({ ...entry, eta: i === 3 ? 0.5 : 0 })))(
    'samples the actions that Edifice prints for $ddim_steps steps and eta $eta',
    async ({ ddim_steps, eta, actions }) => {
      const linear = makeNoiseSchedule({ ...schedule.config, numTrainTimesteps: num_steps, betaSchedule: 'linear' });
      const options = samplingOptions({ numInferenceSteps: ddim_steps, eta, compat: 'edifice' });
      const steps = planSteps(linear, goldenConfig, options);
      const sampled = await runRows(
        Array.from(steps.timesteps, (timestep, k) => ({
          timestep,
          coefficients: [...steps.coefficients.subarray(k * COEFFICIENTS_PER_STEP, (k + 1) * COEFFICIENTS_PER_STEP)],
          levels: [1, 0] as const,
        })),
      );
      expect(maxDifference(sampled, actions.data)).toBeLessThan(GOLDEN_TOLERANCE);
    },
  );
});

function maxDifference(actual: Float32Array, expected: Float32Array | readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
}
