import {
  fillNormal,
  initialParameters,
  outputSize,
  planForModel,
  samplingOptions,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type SamplingOptions,
  type StepPlan,
} from '#ddim';
import type { EngineRequest, MacroStep } from '#engine';

/** The shape of Edifice's defaults: 512 outputs, hidden 256, 4 layers, 1,000 timesteps. */
export const BENCH_CONFIG: MlpDenoiserConfig = {
  obsSize: 287,
  actionDim: 64,
  actionHorizon: 8,
  hiddenSize: 256,
  numLayers: 4,
  numTrainTimesteps: 1000,
  predictionType: 'epsilon',
  preconditioning: 'none',
};

export function benchParameters(config = BENCH_CONFIG): DenoiserParameters {
  return initialParameters(config, 1);
}

/** The shape's plan: linear schedule, trailing spacing, eta 0, unless overridden. */
export function benchPlan(
  numInferenceSteps = 50,
  options: Partial<SamplingOptions> = {},
  config: MlpDenoiserConfig = BENCH_CONFIG,
): StepPlan {
  const schedule = {
    numTrainTimesteps: config.numTrainTimesteps,
    betaSchedule: 'linear',
    betaStart: 1e-4,
    betaEnd: 0.02,
    rescaleBetasZeroSnr: false,
    setAlphaToOne: true,
  } as const;
  const model = { config, schedule, conditionDropout: 0.1 }; // guidable
  return planForModel(model, samplingOptions({ numInferenceSteps, ...options }));
}

/** The plan of requests that name none: to plan costs more than to submit. */
const usualPlan = benchPlan();

/** A request of `rows` rows, one observation each. */
export function benchRequest(
  seed: number,
  rows: number,
  { config = BENCH_CONFIG, ...overrides }: Partial<EngineRequest> & { readonly config?: MlpDenoiserConfig } = {},
): EngineRequest {
  return {
    id: `bench-${seed}`,
    model: 'bench',
    precision: 'float32',
    plan: usualPlan,
    direction: 'sample',
    seed,
    rows,
    observations: normals(rows * config.obsSize, seed),
    samplesPerObservation: 1,
    priority: 'bulk',
    ...overrides,
  };
}

/** The first K steps of a plan for B rows. */
export function benchMacroStep(
  numRows: number,
  stepsPerCall: number,
  { config, plan }: { config: MlpDenoiserConfig; plan: StepPlan } = { config: BENCH_CONFIG, plan: benchPlan() },
): MacroStep {
  const { coefficients, timesteps } = plan;
  const D = outputSize(config);
  const labels = new Int32Array(stepsPerCall * numRows);
  const table = new Float32Array(stepsPerCall * numRows * 8);
  for (let at = 0; at < stepsPerCall * numRows; at++) {
    const step = Math.floor(at / numRows);
    labels[at] = timesteps[step];
    table.set(coefficients.subarray(8 * step, 8 * step + 8), 8 * at);
  }
  return {
    numRows,
    stepsPerCall,
    x: normals(numRows * D, 1),
    conditions: normals(numRows * config.hiddenSize, 2),
    timesteps: labels,
    coefficients: table,
    noise: { z: new Float32Array(stepsPerCall * D), index: new Int32Array(numRows) },
  };
}

export function normals(length: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  fillNormal(values, { seed, row: 0, purpose: 200 }, 0);
  return values;
}
