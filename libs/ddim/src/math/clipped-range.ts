import { normalizerLimits, type Normalizer } from './normalizer.js';
import type { SamplingDefaults } from '../model/model-settings.js';
import type { Warning } from '../warning.js';

/** Dimensions that a warning lists; the others are counted. */
const MAX_LISTED = 4;

/** What rounding adds to a range is no reason to warn. */
const TOLERANCE = 1e-3;

/**
 * What samples in a model's normalised range cannot reach of data, each with the way out: wider data are cut
 * at clipSampleRange, and a dimension that was a constant stays one.
 * @param ranges of the data's action dimensions, [dim] each, in the user's units
 */
export function clippedRangeWarnings(
  normalizer: Normalizer,
  ranges: { readonly min: readonly number[]; readonly max: readonly number[] },
  { clipSample, clipSampleRange }: Pick<SamplingDefaults, 'clipSample' | 'clipSampleRange'>,
): readonly Warning[] {
  const limits = normalizerLimits(normalizer);
  const clipped: string[] = [];
  const constant: string[] = [];
  let needed = 0;
  for (const [j, least] of ranges.min.entries()) {
    const [middle, half] = [(limits.min[j] + limits.max[j]) / 2, (limits.max[j] - limits.min[j]) / 2];
    const reach = Math.max(Math.abs(ranges.max[j] - middle), Math.abs(least - middle));
    const dimension = `${j} (${digits(least)} to ${digits(ranges.max[j])}`;
    if (half === 0 && reach > 2 ** -20 * Math.abs(middle)) constant.push(`${dimension}, always ${digits(middle)})`);
    if (half === 0 || reach <= half * clipSampleRange * (1 + TOLERANCE)) continue;
    needed = Math.max(needed, reach / half);
    clipped.push(
      `${dimension}, cut at ${digits(middle - half * clipSampleRange)} and ${digits(middle + half * clipSampleRange)})`,
    );
  }
  const wider = `samples keep the initial model's range, which the data exceed in dimension ${listed(clipped)}`;
  const way = `set diffusion.clipSampleRange to at least ${digits(Math.ceil(needed * 100) / 100)}, diffusion.clipSample to false, or train without initFrom`;
  const still = `samples keep what was constant in the initial model's data, in dimension ${listed(constant)}`;
  return [
    ...(clipSample && clipped.length > 0 ? [{ code: 'range_clipped', message: `${wider}: ${way}` }] : []),
    ...(constant.length > 0 ? [{ code: 'constant_kept', message: `${still}: train without initFrom` }] : []),
  ];
}

function listed(dimensions: readonly string[]): string {
  const first = dimensions.slice(0, MAX_LISTED).join(', ');
  return dimensions.length > MAX_LISTED ? `${first} and ${dimensions.length - MAX_LISTED} more` : first;
}

function digits(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}
