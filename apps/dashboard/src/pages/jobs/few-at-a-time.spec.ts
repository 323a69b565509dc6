import { describe, expect, it } from 'vitest';
import { AT_ONCE, fewAtATime } from './few-at-a-time.js';

const ITEMS = Array.from({ length: 50 }, (_, i) => i);

/** Work that ends when it is let go on, and says what was begun. */
class Gates {
  readonly begun: number[] = [];
  private readonly open: (() => void)[] = [];

  readonly act = (item: number): Promise<void> => {
    this.begun.push(item);
    return new Promise((resolve) => this.open.push(resolve));
  };

  /** Lets all go on that wait, and waits until nothing further begins by itself. */
  async letGo(): Promise<void> {
    for (const go of this.open.splice(0)) go();
    await new Promise(setImmediate);
  }
}

describe('Few at a time', () => {
  it('does each once and in order, never more at once than is allowed', async () => {
    const gates = new Gates();
    const done = fewAtATime(ITEMS, new AbortController().signal, gates.act);
    for (let ended = 0; ended < ITEMS.length; ended += AT_ONCE) {
      expect(gates.begun).toEqual(ITEMS.slice(0, ended + AT_ONCE));
      await gates.letGo();
    }
    await done;
    expect(gates.begun).toEqual(ITEMS);
  });

  it('begins none once it is stopped, and ends when those that were begun have', async () => {
    const gates = new Gates();
    const stopping = new AbortController();
    let hasEnded = false;
    const done = fewAtATime(ITEMS, stopping.signal, gates.act).then(() => (hasEnded = true));
    stopping.abort();
    await new Promise(setImmediate);
    expect(hasEnded).toBe(false);
    await gates.letGo();
    await done;
    expect(gates.begun).toHaveLength(AT_ONCE);
  });

  it('begins none after one has failed, and rejects with the reason', async () => {
    const begun: number[] = [];
    const act = async (item: number) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 3) throw new Error('nobody answers');
    };
    await expect(fewAtATime(ITEMS, new AbortController().signal, act)).rejects.toThrow('nobody answers');
    expect(begun.length).toBeLessThan(2 * AT_ONCE);
  });
});
