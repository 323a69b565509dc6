import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.js';
import { selectTimesteps, startTimestepForStrength, edificeTimesteps } from './timesteps.js';
import type { TimestepSpacing } from '../vocabulary.js';

const spacings: readonly TimestepSpacing[] = ['leading', 'trailing', 'linspace', 'quad'];
const sizes = [50, 100, 1000];

const timestepsOf = (T: number, S: number, timestepSpacing: TimestepSpacing) =>
  selectTimesteps(T, { numInferenceSteps: S, timestepSpacing }).map(({ timestep }) => timestep);

describe('a timestep list', () => {
  it.each(spacings.flatMap((spacing) => sizes.map((T) => ({ spacing, T }))))(
    'has exactly S descending chained entries in range for every S: $spacing of $T',
    ({ spacing, T }) => {
      for (let S = 1; S <= T; S++) {
        const pairs = selectTimesteps(T, { numInferenceSteps: S, timestepSpacing: spacing });
        expect(pairs).toHaveLength(S);
        for (const [k, pair] of pairs.entries()) {
          const next = pairs[k + 1]?.timestep ?? -1;
          if (pair.prevTimestep !== next || pair.timestep <= next || pair.timestep >= T)
            expect.fail(`S ${S}, entry ${k}: ${JSON.stringify(pair)} is followed by ${next}`);
        }
      }
    },
  );

  it.each(spacings)('is T-1..0 when S is T: %s', (spacing) => {
    expect(timestepsOf(100, 100, spacing)).toEqual(Array.from({ length: 100 }, (_, k) => 99 - k));
  });

  it('has the top entry alone when S is 1, but 0 for leading', () => {
    expect(spacings.map((spacing) => timestepsOf(100, 1, spacing))).toEqual([[0], [99], [99], [80]]);
  });

  const numpy: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(new URL('../../golden/numpy/timesteps.json', import.meta.url), 'utf8'),
  );
  it.each(
    (['leading', 'trailing', 'linspace'] as const).flatMap((spacing) =>
      Object.entries(numpy[spacing]).map(([T, digest]) => ({ spacing, T: Number(T), digest })),
    ),
  )("equals NumPy's for every S: $spacing of $T", ({ spacing, T, digest }) => {
    const lists = Array.from({ length: T - 1 }, (_, i) => timestepsOf(T, i + 2, spacing));
    expect(createHash('sha256').update(JSON.stringify(lists)).digest('hex')).toBe(digest);
  });

  it('rounds halves to even: trailing with T = 100 and S = 8', () => {
    expect(timestepsOf(100, 8, 'trailing')).toEqual([99, 87, 74, 61, 49, 37, 24, 11]);
  });

  it.each([
    { T: 100, different: 6 },
    { T: 1000, different: 50 },
  ])('differs from the textbook formula T - k (T/S) at $different step counts of $T', ({ T, different }) => {
    const naive = (S: number) => Array.from({ length: S }, (_, k) => halfEven(T - k * (T / S)) - 1);
    const counts = Array.from({ length: T }, (_, i) => i + 1);
    const unequal = counts.filter((S) => naive(S).join() !== timestepsOf(T, S, 'trailing').join());
    expect(unequal).toHaveLength(different);
  });

  it.each([29, 31, 58, 62, 97])('has no negative last entry where diffusers has one: trailing, S = %i', (S) => {
    expect(timestepsOf(100, S, 'trailing').at(-1)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [16, 90],
    [51, 50],
    [1, 0],
  ])('starts late when leading divides integers: S = %i starts at %i', (S, start) => {
    expect(timestepsOf(100, S, 'leading')[0]).toBe(start);
  });

  it.each([
    { T: 100, largest: 9 },
    { T: 1000, largest: 29 },
  ])("equals ermongroup/ddim's quad up to S = $largest for T = $T", ({ T, largest }) => {
    for (let S = 2; S <= largest; S++) {
      const seq = Array.from({ length: S }, (_, k) => Math.trunc(((Math.sqrt(T * 0.8) / (S - 1)) * k) ** 2));
      expect(timestepsOf(T, S, 'quad').reverse().slice(0, -1)).toEqual(seq.slice(0, -1));
    }
    const repeated = Array.from({ length: largest + 1 }, (_, k) =>
      Math.trunc(((Math.sqrt(T * 0.8) / largest) * k) ** 2),
    );
    expect(new Set(repeated).size).toBeLessThan(repeated.length);
  });

  it('starts a linspace list of one step at the last timestep, where the state is pure noise', () => {
    // NumPy's linspace(0, T - 1, 1) and with it diffusers start at 0, where nothing is left to denoise.
    const [only] = selectTimesteps(100, { numInferenceSteps: 1, timestepSpacing: 'linspace' });
    expect(only).toEqual({ timestep: 99, prevTimestep: -1 });
  });

  it('shifts leading entries by stepsOffset', () => {
    const pairs = selectTimesteps(100, { numInferenceSteps: 10, timestepSpacing: 'leading', stepsOffset: 1 });
    expect(pairs.map(({ timestep }) => timestep)).toEqual([91, 81, 71, 61, 51, 41, 31, 21, 11, 1]);
  });

  it('recomputes the previous timestep from the stride only when asked', () => {
    const stride = selectTimesteps(100, {
      numInferenceSteps: 3,
      timestepSpacing: 'linspace',
      prevTimestepRule: 'stride',
    });
    expect(stride).toEqual([
      { timestep: 99, prevTimestep: 66 },
      { timestep: 50, prevTimestep: 17 },
      { timestep: 0, prevTimestep: -1 },
    ]);
  });

  it('takes explicit pairs as they are', () => {
    const pairs = [
      { timestep: 9, prevTimestep: 4 },
      { timestep: 4, prevTimestep: 4 },
    ];
    expect(selectTimesteps(10, { numInferenceSteps: 2, timestepSpacing: 'trailing', pairs })).toEqual(pairs);
  });

  it.each([
    ['numInferenceSteps', { numInferenceSteps: 0 }],
    ['numInferenceSteps', { numInferenceSteps: 101 }],
    ['numInferenceSteps', { numInferenceSteps: 1.5 }],
    ['stepsOffset', { timestepSpacing: 'leading', stepsOffset: 10 }],
    ['stepsOffset', { timestepSpacing: 'leading', stepsOffset: -1 }],
    ['stepsOffset', { timestepSpacing: 'trailing', stepsOffset: 1 }],
    ['startTimestep', { startTimestep: 100 }],
    ['startTimestep', { startTimestep: -1 }],
    ['startTimestep', { startTimestep: 3 }],
    ['pairs', { pairs: [] }],
    ['pairs[1].timestep', { numInferenceSteps: 2, pairs: pairsOf([5, 0], [5, -1]) }],
    ['pairs[0].prevTimestep', { numInferenceSteps: 1, pairs: pairsOf([5, 6]) }],
  ] as const)('is refused with the name of the option at fault: %s', (field, options) => {
    const select = () => selectTimesteps(100, { numInferenceSteps: 10, timestepSpacing: 'trailing', ...options });
    expect(select).toThrow(InputError);
    expect(select).toThrow(expect.objectContaining({ code: 'validation_failed', field }));
  });
});

describe('a start in the middle', () => {
  const options = { numInferenceSteps: 10, timestepSpacing: 'trailing' } as const;

  it('keeps the entries up to startTimestep', () => {
    const kept = selectTimesteps(100, { ...options, startTimestep: 35 });
    expect(kept.map(({ timestep }) => timestep)).toEqual([29, 19, 9]);
  });

  it.each([
    [1, 10],
    [0.99, 9],
    [0.5, 5],
    [0.1, 1],
  ])('keeps floor(S u) steps at strength %d: %i', (strength, steps) => {
    const startTimestep = startTimestepForStrength(100, options, strength);
    expect(selectTimesteps(100, { ...options, startTimestep })).toHaveLength(steps);
  });

  it('counts as diffusers does: int(100 · 0.29) is 28, because 0.29 is a little less in binary', () => {
    const hundred = { numInferenceSteps: 100, timestepSpacing: 'trailing' } as const;
    const startTimestep = startTimestepForStrength(1000, hundred, 0.29);
    expect(selectTimesteps(1000, { ...hundred, startTimestep })).toHaveLength(28);
  });

  it('counts the steps of Edifice’s list with compat', () => {
    const edifice = { numInferenceSteps: 30, timestepSpacing: 'trailing', compat: 'edifice' } as const;
    const startTimestep = startTimestepForStrength(1000, edifice, 0.5); // 31 steps
    expect(selectTimesteps(1000, { ...edifice, startTimestep })).toEqual(edificeTimesteps(1000, 30).slice(-15));
  });

  it.each([0, 0.05, 1.1, Number.NaN])('refuses strength %d', (strength) => {
    expect(() => startTimestepForStrength(100, options, strength)).toThrow(
      expect.objectContaining({ field: 'strength' }),
    );
  });
});

describe("Edifice's timestep list", () => {
  it('has ceil(T / stride) entries from T-1 and ends at timestep 0', () => {
    expect(edificeTimesteps(1000, 30)).toHaveLength(31);
    expect(edificeTimesteps(1000, 501)).toHaveLength(1000);
    expect(edificeTimesteps(1000, 5000).at(-1)).toEqual({ timestep: 0, prevTimestep: 0 });
    expect(edificeTimesteps(20, 5)).toEqual(pairsOf([19, 15], [15, 11], [11, 7], [7, 3], [3, 0]));
  });
});

function pairsOf(...pairs: ReadonlyArray<readonly [number, number]>) {
  return pairs.map(([timestep, prevTimestep]) => ({ timestep, prevTimestep }));
}

function halfEven(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - Math.trunc(value)) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
