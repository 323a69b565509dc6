/** A priority queue whose items can be moved. Knows nothing of its items but their order. */

import { PassingMap } from '../memory/passing-map.js';

/** A binary heap that also finds its items, so that any of them can be moved or removed. */
export class IndexedHeap<Item> {
  private readonly items: Item[] = [];
  private readonly places = new PassingMap<Item, number>();

  /** @param isBefore a strict order; the first item is the one that no other comes before */
  constructor(private readonly isBefore: (left: Item, right: Item) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  get first(): Item | undefined {
    return this.items[0];
  }

  /** All items, in no particular order. */
  get all(): readonly Item[] {
    return this.items;
  }

  has(item: Item): boolean {
    return this.places.has(item);
  }

  /** Adds the item, or moves it to where it now belongs. */
  put(item: Item): void {
    const place = this.places.get(item);
    if (place === undefined) this.items.push(item);
    this.rise(item, place ?? this.items.length - 1);
    this.sink(item, this.places.get(item) ?? 0);
  }

  remove(item: Item): void {
    const place = this.places.get(item);
    if (place === undefined) return;
    this.places.delete(item);
    const last = this.items.pop();
    if (last === undefined || last === item) return;
    this.rise(last, place);
    this.sink(last, this.places.get(last) ?? place);
  }

  private rise(item: Item, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.isBefore(item, this.items[parent])) break;
      this.set(place, this.items[parent]);
      place = parent;
    }
    this.set(place, item);
  }

  private sink(item: Item, from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.items.length) break;
      const right = left + 1;
      const child = right < this.items.length && this.isBefore(this.items[right], this.items[left]) ? right : left;
      if (!this.isBefore(this.items[child], item)) break;
      this.set(place, this.items[child]);
      place = child;
    }
    this.set(place, item);
  }

  private set(place: number, item: Item): void {
    this.items[place] = item;
    this.places.set(item, place);
  }
}
