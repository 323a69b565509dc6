import { afterEach, describe, expect, it, vi } from 'vitest';
import { FetchTurns } from './fetch-turns.js';

describe('Turns at fetching', () => {
  afterEach(() => vi.useRealTimers());

  /** Fetches that end when they are asked to, and the order in which they began. */
  function fetches() {
    const turns = new FetchTurns();
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const take = (worker: object, name: string) =>
      turns.take(worker, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
    return { take, begun, end: (name: string) => ends.get(name)?.() };
  }
  const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  it('are taken one after the other, first come first served', async () => {
    const { take, begun, end } = fetches();
    const [first, second, third] = [{}, {}, {}];
    void take(first, 'first');
    void take(second, 'second');
    void take(third, 'third');
    await settled();
    expect(begun).toEqual(['first']);
    end('first');
    await settled();
    void take(first, 'first again');
    expect(begun).toEqual(['first', 'second']);
    end('second');
    await settled();
    end('third');
    await settled();
    expect(begun).toEqual(['first', 'second', 'third', 'first again']);
  });

  it('are over only when the job that was fetched is counted', async () => {
    const { take, begun, end } = fetches();
    const counted: string[] = [];
    // as BullMQ does it: it says that a job is active a little after it was fetched
    const count = async (fetched: Promise<void>) => {
      await fetched;
      for (let i = 0; i < 10; i++) await Promise.resolve();
      counted.push(...begun);
    };
    const first = count(take({}, 'first'));
    void take({}, 'second');
    end('first');
    await first;
    expect(counted).toEqual(['first']);
  });

  it('wait for nobody where there is one worker', async () => {
    const { take, begun, end } = fetches();
    const worker = {};
    const before = take(worker, 'first');
    end('first');
    await before;
    void take(worker, 'second');
    expect(begun).toEqual(['first', 'second']);
  });

  it('pass on while a server says nothing', async () => {
    vi.useFakeTimers();
    const { take, begun } = fetches();
    void take({}, 'silent');
    void take({}, 'other');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun).toEqual(['silent', 'other']);
  });

  it('pass on from a fetch that fails', async () => {
    const turns = new FetchTurns();
    await expect(turns.take({}, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await turns.take({}, () => Promise.resolve('next'))).toBe('next');
  });
});
