/**
 * Order statistics of some measurements, in their unit; each is a measurement itself, none is interpolated.
 */
export interface Percentiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws RangeError when there is nothing to summarise */
export function summarize(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => percentile(sorted, percent);
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    max: at(100),
  };
}

/**
 * Nearest rank: the smallest value that at least `percent` of 100 of all values do not exceed.
 * @param sorted ascending, not empty
 * @param percent above 0, at most 100
 */
export function percentile(sorted: Float64Array, percent: number): number {
  const value = sorted[nearestRank(sorted.length, percent) - 1];
  if (value === undefined) throw new RangeError(`no ${percent}th percentile of ${sorted.length} values`);
  return value;
}

/** How many of `count` values a percentile reaches. Integers divide exactly where 0.99 * 200 would not. */
export function nearestRank(count: number, percent: number): number {
  return Math.ceil((percent * count) / 100);
}
