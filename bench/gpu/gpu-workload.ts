import {
  mlpPredict,
  outputSize,
  sample,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type Predict,
  type StepPlan,
} from '#ddim';
import type { MacroStep } from '#engine';
import { BENCH_CONFIG, benchMacroStep, benchParameters, benchPlan } from '../engine/engine-workload.js';

export interface GpuWorkload {
  readonly config: MlpDenoiserConfig;
  readonly parameters: DenoiserParameters;
  readonly plan: StepPlan;
  readonly numSteps: number;
  readonly batchSizes: readonly number[];
  /** Rows of the square product whose rate is the device's peak. */
  readonly peakSize: number;
}

/** Whatever turns B rows of noise into actions, one call at a time. */
export interface GpuContender {
  readonly name: string;
  /** FLOP/s of a large product in this arithmetic on this device, where it was measured. */
  readonly peak?: number | undefined;
  /**
   * Makes the inputs of `macroStep(numRows)`. @returns actions [2,D] of the first and the last row, or why it
   * cannot
   */
  prepare(numRows: number): Promise<{ readonly actions: Float32Array } | { readonly problem: string }>;
  /** @returns seconds of each call */
  run(calls: number): Promise<number[]>;
  /** Lets go of the inputs. */
  release(): Promise<void>;
}

export const FULL: GpuWorkload = workloadOf(BENCH_CONFIG, 50, [1, 64, 1_024, 16_384], 8_192);

export const TINY: GpuWorkload = workloadOf(
  { ...BENCH_CONFIG, obsSize: 8, actionDim: 2, actionHorizon: 8, hiddenSize: 32, numLayers: 2 },
  5,
  [1, 4],
  256,
);

/** All steps of the plan for B rows; their first row is the same for every B. */
export function wholePlan({ config, plan, numSteps }: GpuWorkload, numRows: number): MacroStep {
  return benchMacroStep(numRows, numSteps, { config, plan });
}

/** FLOP of one call: a multiply-add counts as two. */
export function flopPerCall({ config, numSteps }: GpuWorkload, numRows: number): number {
  const { hiddenSize: H, numLayers } = config;
  return 2 * (2 * outputSize(config) * H + 8 * numLayers * H * H) * numSteps * numRows;
}

/** First and last row of an array [B,size]. */
export function endRows(array: Float32Array, size: number): Float32Array {
  const rows = new Float32Array(2 * size);
  rows.set(array.subarray(0, size));
  rows.set(array.subarray(array.length - size), size);
  return rows;
}

/** Actions of the sequential sampler with the float64 network, which everything is measured against. */
export class ReferenceRows {
  private readonly predict: Predict;
  private readonly known = new Map<number, Float32Array>();

  constructor(private readonly workload: GpuWorkload) {
    this.predict = mlpPredict(workload.config, workload.parameters);
  }

  /** @param actions [2,D] of the first and the last of B rows */
  largestError(numRows: number, actions: Float32Array): number {
    const expected = this.rows(numRows);
    return Math.max(...expected.map((value, i) => Math.abs(value - actions[i])));
  }

  private rows(numRows: number): Float32Array {
    const known = this.known.get(numRows);
    if (known) return known;
    const { config, plan } = this.workload;
    const { x, conditions } = wholePlan(this.workload, numRows);
    const size = outputSize(config);
    const rows = sample(this.predict, plan, {
      seed: 0,
      rows: 2,
      outputSize: size,
      initialNoise: endRows(x, size),
      conditions: endRows(conditions, config.hiddenSize),
    });
    this.known.set(numRows, rows);
    return rows;
  }
}

export function workloadOf(
  config: MlpDenoiserConfig,
  numSteps: number,
  batchSizes: readonly number[],
  peakSize: number,
): GpuWorkload {
  const [parameters, plan] = [benchParameters(config), benchPlan(numSteps)];
  return { config, parameters, plan, numSteps, batchSizes, peakSize };
}
