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

/** Dimensions and names that a warning tells; the others are counted. */
const MAX_TOLD = 8;

/** Values that float32 must tell apart for a dimension not to be called nearly constant. */
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
    ...warning('ignored_arrays', quoted, (told) => `arrays of the file that nothing reads: ${told}`),
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
    ...warning('constant_dimensions', constant, (told) => `${kind} that never move: ${told}; ${ifConstant}`),
    ...warning(
      'nearly_constant_dimensions',
      coarse,
      (told) =>
        `${kind} that move little beside their distance from 0: ${told}; ${travellers} travel as float32, which tells ` +
        'few of their values apart: subtract a fixed value',
    ),
  ];
}

/** One warning, or none when there is nothing to tell. */
function warning(
  code: string,
  found: readonly (string | number)[],
  message: (told: string) => string,
): readonly Warning[] {
  if (found.length === 0) return [];
  const told = found.slice(0, MAX_TOLD).join(', ');
  return [{ code, message: message(found.length > MAX_TOLD ? `${told} and ${found.length - MAX_TOLD} more` : told) }];
}
