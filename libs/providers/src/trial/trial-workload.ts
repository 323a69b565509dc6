/** What every candidate is tried with. Knows nothing of candidates and processes. */

import {
  COEFFICIENTS_PER_STEP,
  fillNormal,
  initialParameters,
  mlpPredict,
  ModelLoadError,
  outputSize,
  planForModel,
  sample,
  samplingOptions,
  type MlpDenoiserConfig,
  type StepPlan,
} from '#ddim';
import type { MacroStep, MlpModelSource } from '#engine';

/** The network of the default preset: what is found out about it holds for ordinary models. */
export const TRIAL_CONFIG: MlpDenoiserConfig = {
  obsSize: 32,
  actionDim: 64,
  actionHorizon: 8,
  hiddenSize: 256,
  numLayers: 4,
  numTrainTimesteps: 1_000,
  predictionType: 'v_prediction',
  preconditioning: 'none',
};
/** The same for a device that is taken however slow it is: one in software answers in time. */
export const NARROW_CONFIG: MlpDenoiserConfig = { ...TRIAL_CONFIG, actionDim: 4, hiddenSize: 64, numLayers: 2 };
const NUM_STEPS = 10;
/** Of numbers up to 1: enough for TensorFloat-32 over all steps, and far below what a wrong layout costs. */
const TOLERANCE = 1e-2;
/** Purposes of the callers' range: these numbers belong to no request. */
const PURPOSE = 254;

/** A model with all steps of a plan, as one macro-step. */
export class TrialWorkload {
  readonly model: MlpModelSource;
  private readonly plan: StepPlan;

  constructor(private readonly config: MlpDenoiserConfig) {
    this.model = { version: 'trial', config, parameters: initialParameters(config, 1) };
    const schedule = {
      numTrainTimesteps: config.numTrainTimesteps,
      betaSchedule: 'squaredcos_cap_v2',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
    } as const;
    const options = samplingOptions({ numInferenceSteps: NUM_STEPS });
    this.plan = planForModel({ config, schedule, conditionDropout: 0 }, options);
  }

  /** All steps of B rows. */
  macroStep(numRows: number): MacroStep {
    const { config, plan } = this;
    const D = outputSize(config);
    const timesteps = new Int32Array(NUM_STEPS * numRows);
    const coefficients = new Float32Array(NUM_STEPS * numRows * COEFFICIENTS_PER_STEP);
    for (let at = 0; at < NUM_STEPS * numRows; at++) {
      const k = Math.floor(at / numRows) * COEFFICIENTS_PER_STEP;
      timesteps[at] = plan.timesteps[k / COEFFICIENTS_PER_STEP];
      coefficients.set(plan.coefficients.subarray(k, k + COEFFICIENTS_PER_STEP), at * COEFFICIENTS_PER_STEP);
    }
    return {
      numRows,
      stepsPerCall: NUM_STEPS,
      x: normals(numRows * D, 0),
      conditions: normals(numRows * config.hiddenSize, 1),
      timesteps,
      coefficients,
      noise: { z: new Float32Array(NUM_STEPS * D), index: new Int32Array(numRows) },
    };
  }

  /**
   * Compares the first and the last of B rows with the sequential sampler and the float64 network.
   * @param x [B,D] after all steps
   * @throws ModelLoadError when one of them is off
   */
  check(numRows: number, x: Float32Array): void {
    const { config, model, plan } = this;
    const D = outputSize(config);
    const before = this.macroStep(numRows);
    const expected = sample(mlpPredict(config, model.parameters), plan, {
      seed: 0,
      rows: 2,
      outputSize: D,
      initialNoise: endRows(before.x, D),
      conditions: endRows(before.conditions, config.hiddenSize),
    });
    const actual = endRows(x, D);
    // NaN stays
    const error = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
    if (error <= TOLERANCE) return;
    throw new ModelLoadError(`${NUM_STEPS} steps of ${numRows} rows are wrong: off by ${error} from the reference`);
  }
}

/** Row-steps of a macro-step of B rows. */
export function rowSteps(numRows: number): number {
  return numRows * NUM_STEPS;
}

/** First and last row of an array [B,size]. */
function endRows(array: Float32Array, size: number): Float32Array {
  const rows = new Float32Array(2 * size);
  rows.set(array.subarray(0, size));
  rows.set(array.subarray(array.length - size), size);
  return rows;
}

function normals(length: number, row: number): Float32Array {
  const values = new Float32Array(length);
  fillNormal(values, { seed: 0, row, purpose: PURPOSE }, 0);
  return values;
}
