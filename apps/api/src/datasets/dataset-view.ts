import { DEFAULT_OWNER, type Dataset } from '#contract';
import type { DatasetRecord } from '#storage';

/** A dataset as clients see it: ranges over all dimensions together. */
export function datasetView(record: DatasetRecord): Dataset {
  const { name, sha256, bytes, count, obsSize, actionHorizon, actionDim, createdAt } = record;
  const { owner = DEFAULT_OWNER, observationRange = null, actionRange, paddedSteps, warnings } = record;
  return {
    name,
    owner,
    sha256,
    bytes,
    count,
    obsSize,
    actionHorizon,
    actionDim,
    observationRange,
    actionRange,
    paddedSteps,
    warnings: [...warnings],
    createdAt,
  };
}
