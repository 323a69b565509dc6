import type { Dataset } from '#jobs';
import type { DatasetRecord } from '#storage';

/** A dataset as clients see it: ranges over all dimensions together. */
export function datasetView({ observationRange, actionRange, ...record }: DatasetRecord): Dataset {
  return {
    ...record,
    observationRange: record.obsSize === 0 ? null : overall(observationRange),
    actionRange: overall(actionRange),
  };
}

function overall({ min, max }: DatasetRecord['actionRange']): Dataset['actionRange'] {
  return { min: Math.min(...min), max: Math.max(...max) };
}
