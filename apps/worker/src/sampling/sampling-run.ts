import {
  admittedPlan,
  chunkingWeights,
  denormalize,
  fillNormal,
  interpolateNoise,
  normalize,
  outputSize,
  PURPOSES,
} from '#ddim';
import type { EngineRequest } from '#engine';
import { TENSORS, type SamplingJobData, type TensorPath } from '#contract';
import type { TensorValues } from '#queue';
import type { AnyModel } from './models-in-use.js';
import { modelKey } from './model-key.js';

/** The tensors of a sampling job, read from its payload or from the artifact store; in the user's units. */
export type SamplingTensors = ReadonlyMap<TensorPath, TensorValues | undefined>;

/** A sampling job as the engine takes it. */
export function samplingRun(
  jobId: string,
  data: SamplingJobData,
  model: AnyModel,
  tensors: SamplingTensors,
): EngineRequest {
  const { request, rows, seed } = data;
  const plan = admittedPlan(model, data.options, request.mode);
  const mask = request.fixedActions && Uint8Array.from(request.fixedActions.mask);
  const normalized = normalizedTensors(model, tensors);
  const { 'fixedActions.values': values, 'realTimeChunking.previousActions': previous, ...arrays } = normalized;
  const { realTimeChunking: chunk } = request;
  if (request.mode === 'interpolate')
    arrays.initialNoise = noisePath(arrays.initialNoise, { rows, D: outputSize(model.config), seed });
  return {
    id: jobId,
    model: modelKey(data.model),
    precision: request.precision,
    plan,
    direction: plan.direction,
    seed,
    rows,
    observations: new Float32Array(0),
    samplesPerObservation: request.samplesPerObservation,
    fixedActions: mask && values && { mask, values },
    realTimeChunking: chunk &&
      previous && { weights: chunkingWeights(chunk, model.config), values: previous, maxWeight: chunk.maxWeight },
    priority: request.priority,
    apiKeyId: data.apiKeyId,
    previewEvery: request.previewEvery,
    ...arrays,
  };
}

/** Finished rows in the user's units; the latent noise of an encode has none. */
export function finishedActions(data: SamplingJobData, model: AnyModel, actions: Float32Array): TensorValues {
  const values = data.request.mode === 'encode' ? actions : denormalize(model.actionNormalizer, actions);
  return { shape: [data.rows, ...data.actionShape], data: values };
}

/** The numbers of the tensors that are there, in the units that the engine takes. */
function normalizedTensors(
  { observationNormalizer, actionNormalizer }: AnyModel,
  tensors: SamplingTensors,
): Partial<Record<TensorPath, Float32Array>> {
  const normalizers = { observations: observationNormalizer, actions: actionNormalizer };
  const arrays: Partial<Record<TensorPath, Float32Array>> = {};
  for (const { path, like, units } of TENSORS) {
    const tensor = tensors.get(path);
    if (tensor) arrays[path] = units === 'normalised' ? tensor.data : normalize(normalizers[like], tensor.data);
  }
  return arrays;
}

/** Noise along the great circle from row 0 to row 1, given or of the seed; [rows,D]. */
function noisePath(
  given: Float32Array | undefined,
  { rows, D, seed }: { readonly rows: number; readonly D: number; readonly seed: number },
): Float32Array {
  const ends = [0, 1].map((row) => {
    if (given) return given.subarray(row * D, (row + 1) * D);
    const noise = new Float32Array(D);
    fillNormal(noise, { seed, row, purpose: PURPOSES.initialNoise }, 0);
    return noise;
  });
  const [first, last] = ends;
  if (first === undefined || last === undefined) throw new TypeError('a path has two ends');
  return interpolateNoise(first, last, rows);
}
