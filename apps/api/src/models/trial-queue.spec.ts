import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TrialQueue } from './trial-queue.js';

const present = new AbortController().signal;

/** Trials by name that end when they are asked to, and the names of those that have begun. */
class Trials {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, PromiseWithResolvers>();
  private readonly queue = new TrialQueue();

  add(client: string, name: string, signal = present): Promise<string> {
    const end = promiseWithResolvers();
    this.ends.set(name, end);
    const trial = async () => {
      this.begun.push(name);
      await end.promise;
      return name;
    };
    return this.queue.run(client, trial, signal);
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)?.resolve();
    await setImmediate();
  }

  async fail(name: string): Promise<void> {
    this.ends.get(name)?.reject(new Error(name));
    await setImmediate();
  }
}

describe('TrialQueue', () => {
  it('runs the trials of two clients at a time, in the order in which they came', async () => {
    const trials = new Trials();
    const all = ['a', 'b', 'c', 'd'].map((client) => trials.add(client, `${client}1`));
    await setImmediate();
    expect(trials.begun).toEqual(['a1', 'b1']);
    await trials.end('b1');
    expect(trials.begun).toEqual(['a1', 'b1', 'c1']);
    for (const name of ['a1', 'c1', 'd1']) await trials.end(name);
    expect(await Promise.all(all)).toEqual(['a1', 'b1', 'c1', 'd1']);
  });

  it('lets a client that sends many hold up himself alone', async () => {
    const trials = new Trials();
    const all = ['a1', 'a2', 'a3'].map((name) => trials.add('a', name));
    all.push(trials.add('b', 'b1'), trials.add('c', 'c1'));
    await setImmediate();
    expect(trials.begun).toEqual(['a1', 'b1']);
    await trials.end('b1');
    expect(trials.begun).toEqual(['a1', 'b1', 'c1']);
    await trials.end('a1');
    expect(trials.begun).toEqual(['a1', 'b1', 'c1', 'a2']);
    for (const name of ['c1', 'a2', 'a3']) await trials.end(name);
    await Promise.all(all);
  });

  it('goes on after a trial that fails', async () => {
    const trials = new Trials();
    const failing = trials.add('a', 'a1').catch((error: unknown) => error);
    const next = trials.add('a', 'a2');
    await setImmediate();
    await trials.fail('a1');
    await trials.end('a2');
    expect(await failing).toEqual(new Error('a1'));
    expect(await next).toBe('a2');
  });

  it('forgets who has gone', async () => {
    const trials = new Trials();
    const client = new AbortController();
    const running = trials.add('a', 'a1');
    const gone = trials.add('a', 'a2', client.signal).catch((error: unknown) => error);
    const next = trials.add('a', 'a3');
    client.abort();
    expect(await gone).toMatchObject({ code: 'cancelled' });
    expect(await trials.add('b', 'b1', client.signal).catch((error: unknown) => error)).toMatchObject({
      code: 'cancelled',
    });
    await trials.end('a1');
    await trials.end('a3');
    await Promise.all([running, next]);
    expect(trials.begun).toEqual(['a1', 'a3']);
  });
});

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function promiseWithResolvers(): PromiseWithResolvers {
  let settle: Pick<PromiseWithResolvers, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!settle) throw new TypeError('a promise runs its executor at once');
  return { promise, ...settle };
}
