import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassingMap } from './passing-map.js';
import { PassingSet } from './passing-set.js';

const NUMBERS = { max: 200 };
const steps = fc.array(fc.record({ goes: fc.boolean(), key: fc.nat(NUMBERS) }), { maxLength: 1_000, size: 'max' });

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Bytes that V8 has moved to the old objects of entries that came and went. */
function bytesKept(entries: { set(key: number, value: unknown): unknown; delete(key: number): unknown }): number {
  const bytesOfOldObjects = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  for (let i = 0; i < 3; i++) collect({ type: 'minor' });
  collect();
  const before = bytesOfOldObjects()?.space_used_size ?? 0;
  for (let key = 0; key < COMING; key++) {
    entries.set(
      key,
      Array.from({ length: NUMBERS_OF_EACH }, () => key),
    );
    entries.delete(key - PRESENT);
    if (key % 100 === 0) collect({ type: 'minor' });
  }
  for (let i = 0; i < 3; i++) collect({ type: 'minor' });
  return (bytesOfOldObjects()?.space_used_size ?? 0) - before;
}

const COMING = 5_000;
const PRESENT = 20;
const NUMBERS_OF_EACH = 500;
const BYTES = COMING * NUMBERS_OF_EACH * 8;

describe('what comes and goes', () => {
  it('does not outlive the nursery in a PassingMap, as it does in a Map', () => {
    expect(bytesKept(new Map())).toBeGreaterThan(BYTES / 4);
    expect(bytesKept(new PassingMap())).toBeLessThan(BYTES / 16);
  });

  it('does not outlive the nursery in a PassingSet', () => {
    const members = new PassingSet<unknown>();
    const present = new PassingMap<number, unknown>();
    const entries = {
      set(key: number, value: unknown) {
        members.add(value);
        present.set(key, value);
      },
      delete(key: number) {
        members.delete(present.get(key));
        present.delete(key);
      },
    };
    expect(bytesKept(entries)).toBeLessThan(BYTES / 16);
  });

  it('lies in a PassingMap as in a Map, in the same order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const passing = new PassingMap<number, number>();
        const map = new Map<number, number>();
        for (const [i, { goes, key }] of all.entries()) {
          if (goes) expect(passing.delete(key)).toBe(map.delete(key));
          else {
            passing.set(key, i);
            map.set(key, i);
          }
          expect([passing.get(key), passing.has(key), passing.size]).toEqual([map.get(key), map.has(key), map.size]);
        }
        expect([...passing]).toEqual([...map]);
        expect([...passing.keys()]).toEqual([...map.keys()]);
        expect([...passing.values()]).toEqual([...map.values()]);
      }),
    );
  });

  it('lies in a PassingSet as in a Set, in the same order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const passing = new PassingSet<number>();
        const set = new Set<number>();
        for (const { goes, key } of all) {
          if (goes) expect(passing.delete(key)).toBe(set.delete(key));
          else {
            passing.add(key);
            set.add(key);
          }
          expect(passing.size).toBe(set.size);
        }
        expect([...passing]).toEqual([...set]);
      }),
    );
  });

  it('may go while somebody looks at it, and is not seen then', () => {
    const set = new PassingSet<number>();
    for (let i = 0; i < 200; i++) set.add(i);
    const seen = [];
    for (const i of set) {
      seen.push(i);
      set.delete(i + 1);
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i));
  });
});
