import type { Dataset } from '#jobs';
import type { DatasetRecord } from '#storage';

/** A dataset as clients see it: ranges over all dimensions together. */
export function datasetView(record: DatasetRecord): Dataset {
  const { name, sha256, bytes, count, obsSize, actionHorizon, actionDim, actionRange, createdAt } = record;
  const observationRange = record.observationRange ?? null;
  return { name, sha256, bytes, count, obsSize, actionHorizon, actionDim, observationRange, actionRange, createdAt };
}
