import {
  initialParameters,
  outputSize,
  type MlpDenoiserConfig,
  fillNormal,
  samplingOptions,
  type SamplingOptions,
  makeNoiseSchedule,
} from '#ddim';
import { planSteps } from '../../ddim/src/math/step-plan.js';
import type { MlpModelSource } from '../src/backend/backend.js';
import type { EngineRequest } from '../src/requests/request.js';

export const TINY_CONFIG: MlpDenoiserConfig = {
  obsSize: 5,
  actionDim: 3,
  actionHorizon: 4,
  hiddenSize: 16,
  numLayers: 2,
  numTrainTimesteps: 300,
  predictionType: 'sample',
  preconditioning: 'none',
};

const SCHEDULE = makeNoiseSchedule({
  numTrainTimesteps: TINY_CONFIG.numTrainTimesteps,
  betaSchedule: 'squaredcos_cap_v2',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
});

export function tinyModel(version: string, config: MlpDenoiserConfig = TINY_CONFIG): MlpModelSource {
  return { version, config, parameters: initialParameters(config, 7) };
}

export interface RequestOverrides extends Partial<Omit<EngineRequest, 'plan'>> {
  readonly options?: Partial<SamplingOptions>;
  readonly config?: MlpDenoiserConfig;
}

/** A request of two rows and ten steps, unless overridden; its arrays follow from its seed. */
export function tinyRequest({ options, config = TINY_CONFIG, ...overrides }: RequestOverrides = {}): EngineRequest {
  const { rows = 2, samplesPerObservation = 1, seed = 1, direction = 'sample' } = overrides;
  return {
    id: `request-${seed}`,
    model: 'tiny@1',
    precision: 'float32',
    plan: planSteps(SCHEDULE, config, samplingOptions({ numInferenceSteps: 10, ...options }), direction),
    direction,
    seed,
    rows,
    observations: overrides.observations ?? numbers((rows / samplesPerObservation) * config.obsSize, seed),
    samplesPerObservation,
    priority: 'normal',
    ...overrides,
  };
}

/** Requests that differ in everything a row can differ in; lengths from 1 to `mostSteps` steps. */
export function mixedRequests(count: number, { mostSteps = 250, model = 'tiny@1' } = {}): EngineRequest[] {
  const D = outputSize(TINY_CONFIG);
  const mask = Uint8Array.from({ length: D }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const variants: Array<(rows: number, seed: number) => RequestOverrides> = [
    () => ({}),
    () => ({ options: { eta: 1 } }),
    () => ({ options: { timestepSpacing: 'leading', eta: 0.5, clipSample: false } }),
    () => ({ options: { timestepSpacing: 'linspace', useClippedModelOutput: true } }),
    () => ({ options: { guidanceScale: 2.5 } }),
    (rows, seed) => ({ fixedActions: { mask, values: numbers(rows * D, seed + 100, 0.5) } }),
    (rows, seed) => ({ initialNoise: numbers(rows * D, seed + 200) }),
    (rows, seed) => ({ options: { startTimestep: 200 }, initialActions: numbers(rows * D, seed + 300, 0.5) }),
    (rows, seed) => ({
      direction: 'encode',
      options: { clipSample: false },
      initialActions: numbers(rows * D, seed + 400, 0.5),
    }),
    () => ({ options: { thresholding: { ratio: 0.9, maxValue: 2 }, eta: 0.7 } }),
    (rows, seed) => ({
      options: { guidanceScale: 3, guidanceRescale: 0.7 },
      fixedActions: { mask, values: numbers(rows * D, seed + 500, 0.5) },
    }),
    () => ({ options: { timestepSpacing: 'quad', eta: 1, noiseVariance: 'large' } }),
    () => ({ options: { guidanceScale: 0, eta: 0.3 } }),
    (rows, seed) => ({ options: { eta: 1 }, realTimeChunking: chunkOf(rows, seed + 600) }),
    (rows, seed) => ({
      options: { thresholding: { ratio: 0.8, maxValue: 2 } },
      realTimeChunking: chunkOf(rows, seed + 700),
    }),
    (rows, seed) => ({
      options: { guidanceScale: 1.5, startTimestep: 250 },
      initialActions: numbers(rows * D, seed + 800, 0.5),
      fixedActions: { mask, values: numbers(rows * D, seed + 900, 0.5) },
      realTimeChunking: chunkOf(rows, seed + 1000),
    }),
  ];
  return Array.from({ length: count }, (_, i) => {
    const variant = variants[i % variants.length];
    const samplesPerObservation = 1 + (i % 2);
    const rows = samplesPerObservation * (1 + (i % 4));
    const { options, ...overrides } = variant(rows, i);
    const numInferenceSteps = 1 + ((i * 37) % mostSteps);
    return tinyRequest({
      rows,
      samplesPerObservation,
      seed: 1000 + i,
      model,
      ...overrides,
      options: { numInferenceSteps, ...options },
    });
  });
}

/** A plan under way whose pull fades over the horizon. */
function chunkOf(rows: number, seed: number): NonNullable<EngineRequest['realTimeChunking']> {
  const D = outputSize(TINY_CONFIG);
  const weights = Float32Array.from({ length: D }, (_, i) => Math.max(1 - i / 9, 0));
  return { weights, values: numbers(rows * D, seed, 0.5), maxWeight: 5 };
}

/** N(0, scale²) numbers that depend on the seed alone. */
export function numbers(length: number, seed: number, scale = 1): Float32Array {
  const values = new Float32Array(length);
  fillNormal(values, { seed, row: 0, purpose: 200 }, 0);
  return values.map((value) => value * scale);
}
