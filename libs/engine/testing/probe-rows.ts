import {
  chunkingPull,
  COEFFICIENTS_PER_STEP,
  encodeObservations,
  fillNormal,
  fixedActionLevels,
  initialParameters,
  makeNoiseSchedule,
  outputSize,
  PURPOSES,
  samplingOptions,
  writeFixedActions,
  type MlpDenoiserConfig,
  type SamplingOptions,
  type StepPlan,
} from '#ddim';
import type { ProbeRow, ProbeState } from '../src/self-test/self-test-rows.js';
import { planSteps } from '../../ddim/src/math/step-plan.js';
import type { OutputForm } from '../../ddim/src/math/output-form.js';

export const T = 100;
export const schedule = makeNoiseSchedule({
  numTrainTimesteps: T,
  betaSchedule: 'squaredcos_cap_v2',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
});
export const config: MlpDenoiserConfig = {
  obsSize: 6,
  actionDim: 2,
  actionHorizon: 8,
  hiddenSize: 32,
  numLayers: 2,
  numTrainTimesteps: T,
  predictionType: 'sample',
  preconditioning: 'none',
};
export const D = outputSize(config);
export const H = config.hiddenSize;
export const parameters = initialParameters(config, 7);
export const forms: OutputForm[] = [
  { predictionType: 'epsilon', preconditioning: 'none' },
  { predictionType: 'sample', preconditioning: 'none' },
  { predictionType: 'v_prediction', preconditioning: 'none' },
  { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.5, sigmaSkip: 0.3 },
];

export function plan(
  options: Partial<SamplingOptions> & { numInferenceSteps: number },
  form: OutputForm = config,
): StepPlan {
  return planSteps(schedule, form, samplingOptions(options));
}

export function normals(size: number, row: number, purpose: number = PURPOSES.initialNoise, step = 0): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 1, row, purpose }, step);
  return out;
}

export const nullCondition = encodeObservations(config, parameters, null);

/** Row `row` of seed 1 with the plan's steps and a condition of its own. */
export function rowOf(
  steps: StepPlan,
  row: number,
  extras: Pick<ProbeRow, 'guidance' | 'chunk'> & { known?: { mask: Uint8Array; values: Float32Array } } = {},
): ProbeRow {
  const levels = fixedActionLevels(steps);
  const x = normals(D, row);
  const { known } = extras;
  const z0 = x.slice();
  if (known) writeFixedActions(x, { mask: known.mask, y: known.values, z0 }, [levels[0], levels[1]]);
  const masked = (values: Float32Array) => values.map((value, i) => (known?.mask[i] === 1 ? value : 0));
  return {
    x,
    condition: encodeObservations(config, parameters, normals(config.obsSize, row, 200)),
    steps: Array.from(steps.timesteps, (timestep, k) => ({
      timestep,
      coefficients: [...steps.coefficients.subarray(k * COEFFICIENTS_PER_STEP, (k + 1) * COEFFICIENTS_PER_STEP)],
      ...(steps.noiseFactors[k] === 0 ? {} : { z: normals(D, row, PURPOSES.stepNoise, k) }),
      levels: [levels[2 * k + 2], levels[2 * k + 3]],
      ...(extras.chunk ? { pull: chunkingPull(steps, k, steps.timesteps.length) } : {}),
    })),
    ...(extras.guidance ? { guidance: extras.guidance } : {}),
    ...(extras.chunk ? { chunk: extras.chunk } : {}),
    ...(known
      ? { fixed: { keep: Float32Array.from(known.mask, (m) => 1 - m), y: masked(known.values), z0: masked(z0) } }
      : {}),
  };
}

export const bytes = (arrays: readonly Float32Array[]) =>
  arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex'));

/** About 60 % of the rows, by a linear congruential generator: the same every time. */
export function someRows(seed: number): (unfinished: ProbeState[]) => ProbeState[] {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return (unfinished) => {
    const some = unfinished.filter(() => random() < 0.6);
    return some.length > 0 ? some : unfinished;
  };
}

/** Plans of 3 to 20 steps; every third row draws noise. */
export const mixedRows = Array.from({ length: 40 }, (_, i) =>
  rowOf(
    plan({
      numInferenceSteps: 3 + ((i * 7) % 18),
      eta: i % 3 === 0 ? 0.7 : 0,
      timestepSpacing: i % 2 === 0 ? 'trailing' : 'leading',
      useClippedModelOutput: i % 5 === 0,
    }),
    i,
  ),
);
export const someMask = Uint8Array.from({ length: D }, (_, i) => (i % 5 === 0 ? 1 : 0));
const fading = Float32Array.from({ length: D }, (_, i) => Math.max(1 - i / 12, 0));
/** Guided, fixed in part, or both. */
export const extendedRows = [
  rowOf(plan({ numInferenceSteps: 8 }), 100, { guidance: { nullCondition, scale: 2.5 } }),
  rowOf(plan({ numInferenceSteps: 11, eta: 1 }), 101, { known: { mask: someMask, values: normals(D, 300) } }),
  rowOf(plan({ numInferenceSteps: 5 }), 102, {
    guidance: { nullCondition, scale: 0 },
    known: { mask: someMask, values: normals(D, 301) },
  }),
];
/** Pulled towards a chunk, the second of them with all the rest. */
export const chunkedRows = [
  rowOf(plan({ numInferenceSteps: 9, eta: 0.5 }), 103, { chunk: { weights: fading, y: normals(D, 302) } }),
  rowOf(plan({ numInferenceSteps: 6 }), 104, {
    guidance: { nullCondition, scale: 1.5 },
    known: { mask: someMask, values: normals(D, 303) },
    chunk: { weights: fading, y: normals(D, 304) },
  }),
];
