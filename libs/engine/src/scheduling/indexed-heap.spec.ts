import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from './indexed-heap.js';

interface Item {
  readonly name: number;
  rank: number;
}

describe('IndexedHeap', () => {
  it('has the first item first after any puts, moves and removals', () => {
    const action = record({ kind: constantFrom('put', 'remove'), name: integer({ min: 0, max: 9 }), rank: integer() });
    assert(
      property(array(action, { maxLength: 200 }), (actions) => {
        const heap = new IndexedHeap<Item>((left, right) => left.rank < right.rank);
        const items = Array.from({ length: 10 }, (_, name): Item => ({ name, rank: 0 }));
        const inside = new Set<Item>();
        for (const { kind, name, rank } of actions) {
          const item = items[name];
          if (kind === 'put') {
            item.rank = rank;
            heap.put(item);
            inside.add(item);
          } else {
            heap.remove(item);
            inside.delete(item);
          }
          expect(heap.size).toBe(inside.size);
          expect(heap.has(item)).toBe(inside.has(item));
          const lowest = Math.min(...Array.from(inside, (other) => other.rank));
          expect(heap.first?.rank ?? Infinity).toBe(lowest);
        }
        expect(new Set(heap.all)).toEqual(inside);
      }),
    );
  });
});
