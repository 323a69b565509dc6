import type { Warning } from '#ddim';
import { openDataset, rowsOfPadding } from './dataset-file.js';
import { measureRanges } from './dataset-ranges.js';
import { datasetWarnings } from './dataset-warnings.js';

/** Smallest and largest value, in the user's units. */
interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** What a dataset holds; steps that are padding count in no range. */
export interface DatasetSummary {
  readonly count: number;
  readonly obsSize: number;
  readonly actionHorizon: number;
  readonly actionDim: number;
  /** Over all dimensions; absent when obsSize is 0. */
  readonly observationRange?: ValueRange | undefined;
  readonly actionRange: ValueRange;
  /** Absent with more dimensions than a record has room for. */
  readonly actionRanges?: { readonly min: readonly number[]; readonly max: readonly number[] } | undefined;
  readonly paddedSteps: number;
  readonly warnings: readonly Warning[];
}

/** Dimensions whose ranges are kept one by one: a record is read with every list of the datasets. */
const MAX_RANGES = 1_024;

/**
 * Checks every number of a dataset file.
 * @throws InputError `dataset_invalid`, `limit_exceeded`, `non_finite_input` or the decoders' codes
 */
export async function inspectDataset(bytes: Uint8Array): Promise<DatasetSummary> {
  const file = await openDataset(bytes);
  const { count, obsSize, actionHorizon, actionDim, actionIsPad } = file;
  const unusedRows = actionIsPad && rowsOfPadding(actionIsPad, actionHorizon);
  const observations = await measureRanges('observations', file.observations, { dim: obsSize, skipped: unusedRows });
  const actions = await measureRanges('actions', file.actions, { dim: actionDim, skipped: actionIsPad });
  return {
    count,
    obsSize,
    actionHorizon,
    actionDim,
    ...(obsSize > 0 && { observationRange: overallRange(observations) }),
    actionRange: overallRange(actions),
    ...(actionDim <= MAX_RANGES && { actionRanges: { min: [...actions.min], max: [...actions.max] } }),
    paddedSteps: actionIsPad ? sum(actionIsPad) : 0,
    warnings: datasetWarnings({ observations, actions, ignored: file.ignored, unusedRows: sum(unusedRows ?? []) }),
  };
}

/** The range of all dimensions together. Loops: a call takes some 100,000 arguments at most. */
export function overallRange({ min, max }: { min: ArrayLike<number>; max: ArrayLike<number> }): ValueRange {
  let [least, most] = [Infinity, -Infinity];
  for (let j = 0; j < min.length; j++) {
    least = Math.min(least, min[j]);
    most = Math.max(most, max[j]);
  }
  return { min: least, max: most };
}

function sum(flags: Iterable<number>): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}
