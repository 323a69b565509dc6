import {
  denormalize,
  fillNormal,
  InputError,
  interpolateNoise,
  normalize,
  outputSize,
  planForModel,
  PURPOSES,
  type EngineRequest,
} from '#ddim';
import { resolveSamplingOptions, type SamplingJobData, type TensorValues } from '#jobs';
import type { CachedModel } from './model-cache.js';
import { modelKey } from './model-key.js';

/** The tensors of a sampling job, read from its payload or from the artifact store; in the user's units. */
export interface SamplingTensors {
  readonly observations?: TensorValues;
  readonly initialNoise?: TensorValues;
  readonly initialActions?: TensorValues;
  readonly fixedValues?: TensorValues;
}

/** A sampling job as the engine takes it. @throws InputError when the model cannot run it; the API refuses the same requests */
export function samplingRun(
  jobId: string,
  data: SamplingJobData,
  model: CachedModel,
  tensors: SamplingTensors,
): EngineRequest {
  const { request, rows, seed } = data;
  const { config, observationNormalizer, actionNormalizer } = model;
  const plan = planForModel(model, resolveSamplingOptions(request, model.sampling), request.mode);
  const D = outputSize(config);
  const actions = (values: TensorValues) => normalize(actionNormalizer, values.data);
  const mask = request.fixedActions && Uint8Array.from(request.fixedActions.mask);
  const interpolates = request.mode === 'interpolate';
  return {
    id: jobId,
    model: modelKey(data.model),
    precision: request.precision,
    plan,
    direction: plan.direction,
    seed,
    rows,
    observations: observationRows(tensors.observations, observationNormalizer, interpolates ? 1 : undefined),
    samplesPerObservation: request.samplesPerObservation,
    initialNoise: interpolates ? path(tensors.initialNoise, { rows, D, seed }) : tensors.initialNoise?.data,
    initialActions: tensors.initialActions && actions(tensors.initialActions),
    fixedActions: mask && tensors.fixedValues && { mask, values: actions(tensors.fixedValues) },
    priority: request.priority,
    previewEvery: request.previewEvery,
  };
}

/** Finished rows in the user's units; the latent noise of an encode has none. */
export function finishedActions(data: SamplingJobData, model: CachedModel, actions: Float32Array): TensorValues {
  const values = data.request.mode === 'encode' ? actions : denormalize(model.actionNormalizer, actions);
  return { shape: [data.rows, ...data.actionShape], data: values };
}

function observationRows(
  observations: TensorValues | undefined,
  normalizer: CachedModel['observationNormalizer'],
  limit: number | undefined,
): Float32Array {
  if (observations === undefined) return new Float32Array(0);
  if (limit !== undefined && observations.shape[0] !== limit)
    throw new InputError(
      'shape_mismatch',
      `mode interpolate takes ${limit} observation, got ${observations.shape[0]}`,
      {
        field: 'observations',
      },
    );
  return normalize(normalizer, observations.data);
}

/** Noise along the great circle from row 0 to row 1, given or of the seed; [rows,D]. */
function path(
  given: TensorValues | undefined,
  { rows, D, seed }: { readonly rows: number; readonly D: number; readonly seed: number },
): Float32Array {
  const ends = [0, 1].map((row) => {
    if (given) return given.data.subarray(row * D, (row + 1) * D);
    const noise = new Float32Array(D);
    fillNormal(noise, { seed, row, purpose: PURPOSES.initialNoise }, 0);
    return noise;
  });
  const [first, last] = ends;
  if (first === undefined || last === undefined) throw new TypeError('a path has two ends');
  return interpolateNoise(first, last, rows);
}
