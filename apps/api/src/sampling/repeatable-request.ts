import {
  TENSORS,
  tensorsOf,
  type JobTensor,
  type RepeatableSamplingRequest,
  type SamplingJobData,
  type SamplingJobRequest,
  type StoredSamplingJob,
} from '#contract';

/**
 * What a job was asked for, as a request that gives the same bytes: everything that admission decided is
 * named. What the tensors held is dropped once a job has ended, unless it is little or an artifact.
 */
export function repeatableRequest(data: StoredSamplingJob): SamplingJobRequest {
  const { request: asked, model, seed } = data;
  const tensors = tensorsOf<JobTensor>(asked);
  const missing = TENSORS.flatMap(({ path }) => (isSpent(tensors[path]) ? [path] : []));
  const kept = <Value>(path: keyof typeof tensors, value: Value) => (isSpent(tensors[path]) ? undefined : value);
  const { observations, initialNoise, initialActions, fixedActions, realTimeChunking } = asked;
  const request: RepeatableSamplingRequest = {
    ...asked,
    ...('options' in data ? optionsOf(data) : undefined),
    model: `${model.name}@${model.version}`,
    seed,
    observations: kept('observations', observations),
    initialNoise: kept('initialNoise', initialNoise),
    initialActions: kept('initialActions', initialActions),
    fixedActions: kept(
      'fixedActions.values',
      fixedActions && { mask: perStep(fixedActions.mask, data.actionShape[1]), values: fixedActions.values },
    ),
    // Shifted at admission by what was executed.
    realTimeChunking: kept(
      'realTimeChunking.previousActions',
      realTimeChunking && { executedSteps: 0, ...realTimeChunking },
    ),
  };
  return { request, missing };
}

/** Complete options in the words of a request, which says `none` where the model's own compat is off. */
function optionsOf({ options }: SamplingJobData): Partial<RepeatableSamplingRequest> {
  const { thresholding, compat = 'none', ...rest } = options;
  return { ...rest, compat, ...(thresholding && { thresholding }) };
}

/** Whether only the shape of a tensor is left. */
function isSpent(tensor: JobTensor | undefined): boolean {
  if (tensor === undefined || 'artifact' in tensor) return false;
  return tensor.data === '' && tensor.shape.every((size) => size > 0);
}

/** [horizon, dim] from [horizon * dim]. */
function perStep(mask: readonly (0 | 1)[], dim: number): (0 | 1)[][] {
  return Array.from({ length: mask.length / dim }, (_, step) => mask.slice(step * dim, (step + 1) * dim));
}
