import { isConstant, type Warning } from '#ddim';
import type { DimensionRanges } from './dataset-ranges.js';

interface DatasetFindings {
  readonly observations: DimensionRanges;
  readonly actions: DimensionRanges;
  /** Names of arrays that nothing reads. */
  readonly ignored: readonly string[];
  /** Rows of which every step is padding. */
  readonly unusedRows: number;
}

/** Dimensions and names that a warning lists; the others are counted. */
const MAX_LISTED = 8;

/** Values that float32 must distinguish for a dimension not to be called nearly constant. */
const FEW_VALUES = 256;

/** What of a dataset is probably not meant; a bounded text, however wide it is. */
export function datasetWarnings({ observations, actions, ignored, unusedRows }: DatasetFindings): readonly Warning[] {
  const quoted = ignored.map((name) => JSON.stringify(name.slice(0, 80)));
  return [
    ...dimensionWarnings('observations', observations, {
      ifConstant: 'a model learns nothing from them and ignores them',
      travellers: 'requests',
    }),
    ...dimensionWarnings('actions', actions, { ifConstant: 'samples have exactly their value', travellers: 'samples' }),
    ...warning('ignored_arrays', quoted, (listed) => `arrays of the file that nothing reads: ${listed}`),
    ...(unusedRows === 0
      ? []
      : [{ code: 'padded_rows', message: `${unusedRows} rows are padding from end to end and not used` }]),
  ];
}

function dimensionWarnings(
  kind: string,
  { min, max, epsilon }: DimensionRanges,
  { ifConstant, travellers }: { readonly ifConstant: string; readonly travellers: string },
): readonly Warning[] {
  const constant: number[] = [];
  const coarse: number[] = [];
  for (let j = 0; j < min.length; j++)
    if (isConstant(min[j], max[j], epsilon)) constant.push(j);
    else if (isConstant(min[j], max[j], (FEW_VALUES / 2) * 2 ** -23)) coarse.push(j);
  return [
    ...warning('constant_dimensions', constant, (listed) => `${kind} that never move: ${listed}; ${ifConstant}`),
    ...warning(
      'nearly_constant_dimensions',
      coarse,
      (listed) =>
        `${kind} that move little beside their distance from 0: ${listed}; ${travellers} travel as float32, which distinguishes ` +
        'few of their values apart: subtract a fixed value',
    ),
  ];
}

/** One warning, or none when there is nothing to say. */
function warning(
  code: string,
  found: readonly (string | number)[],
  message: (listed: string) => string,
): readonly Warning[] {
  if (found.length === 0) return [];
  const listed = found.slice(0, MAX_LISTED).join(', ');
  return [
    { code, message: message(found.length > MAX_LISTED ? `${listed} and ${found.length - MAX_LISTED} more` : listed) },
  ];
}
