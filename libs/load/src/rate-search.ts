/** Rates are distinguished to this ratio. */
const PRECISION = 1.05;
const GROWTH = 2;
/** Beyond this no service is meant; the search ends in any case. */
const MAX_DOUBLINGS = 20;

interface RateSearch {
  readonly start: number;
  /** Below this nothing is tried. */
  readonly least: number;
  readonly passes: (ratePerSecond: number) => Promise<boolean>;
}

/**
 * The highest rate that passes: grows or shrinks twofold from `start` until one rate passes and one fails,
 * then halves the gap between them on a logarithmic scale. Assumes that every rate below one that passes
 * would pass.
 * @returns undefined when no rate passes
 */
export async function highestPassingRate(search: RateSearch): Promise<number | undefined> {
  let { passed, failed } = await bracketRate(search);
  while (passed !== undefined && failed !== undefined && failed / passed > PRECISION) {
    const middle = Math.sqrt(passed * failed);
    if (await search.passes(middle)) passed = middle;
    else failed = middle;
  }
  return passed;
}

interface Bracket {
  readonly passed: number | undefined;
  readonly failed: number | undefined;
}

async function bracketRate({ start, least, passes }: RateSearch): Promise<Bracket> {
  if (await passes(start)) {
    let passed = start;
    for (let i = 0; i < MAX_DOUBLINGS; i += 1) {
      const rate = passed * GROWTH;
      if (!(await passes(rate))) return { passed, failed: rate };
      passed = rate;
    }
    return { passed, failed: undefined };
  }
  for (let failed = start; ; failed /= GROWTH) {
    const rate = failed / GROWTH;
    if (rate < least) return { passed: undefined, failed };
    if (await passes(rate)) return { passed: rate, failed };
  }
}
