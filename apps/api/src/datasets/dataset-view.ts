import type { Dataset } from '#jobs';
import type { DatasetRecord } from '#storage';

/** A dataset as clients see it: ranges over all dimensions together. */
export function datasetView({ observationRange, actionRange, ...record }: DatasetRecord): Dataset {
  const overall = ({ min, max }: DatasetRecord['actionRange']) => ({ min: Math.min(...min), max: Math.max(...max) });
  return {
    ...record,
    observationRange: record.obsSize === 0 ? null : overall(observationRange),
    actionRange: overall(actionRange),
  };
}
