/** A Map for what comes and goes. Knows nothing of what that is. */

/** So many entries more than are there lie in the same Map. */
const SAME_MAP = 64;

/** A Map whose entries stay for a moment: as PassingSet, it begins anew now and then. */
export class PassingMap<Key, Value> implements Iterable<[Key, Value]> {
  private entries = new Map<Key, Value>();
  private numAdded = 0;

  get size(): number {
    return this.entries.size;
  }

  get(key: Key): Value | undefined {
    return this.entries.get(key);
  }

  has(key: Key): boolean {
    return this.entries.has(key);
  }

  set(key: Key, value: Value): void {
    if (!this.entries.has(key) && ++this.numAdded > this.entries.size + SAME_MAP) {
      this.entries = new Map(this.entries);
      this.numAdded = 0;
    }
    this.entries.set(key, value);
  }

  /** Whether there was an entry. */
  delete(key: Key): boolean {
    return this.entries.delete(key);
  }

  keys(): IterableIterator<Key> {
    return this.entries.keys();
  }

  values(): IterableIterator<Value> {
    return this.entries.values();
  }

  [Symbol.iterator](): Iterator<[Key, Value]> {
    return this.entries.entries();
  }
}
