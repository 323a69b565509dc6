import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobWait } from './job-wait.js';

const LONG_MS = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

describe('a wait for a job', () => {
  it('looks when it is woken, and again until it finds something', async () => {
    const wait = new JobWait();
    let looks = 0;
    const found = wait.until(() => {
      looks += 1;
      wait.wake();
      return Promise.resolve(looks === 3 ? 'done' : undefined);
    }, LONG_MS);
    wait.wake();
    expect(await found).toBe('done');
    expect(looks).toBe(3);
  });

  it('remembers a hint that came before anybody waited', async () => {
    const wait = new JobWait();
    wait.wake();
    expect(await wait.until(() => Promise.resolve('done'), LONG_MS)).toBe('done');
  });

  it('gives its look the news that came with a hint, and keeps them over later hints that bring none', async () => {
    const wait = new JobWait<string>();
    wait.wake('succeeded');
    wait.wake();
    expect(await wait.until((news) => Promise.resolve(news), LONG_MS)).toBe('succeeded');
  });

  it('looks by itself every 5 s when no hint comes', async () => {
    vi.useFakeTimers();
    let looks = 0;
    const look = () => Promise.resolve(++looks === 2 ? 'done' : undefined);
    const found = new JobWait().until(look, LONG_MS);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(looks).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(looks).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await found).toBe('done');
  });

  it('ends with nothing after its time, when the client goes away, and after a last look when it is abandoned', async () => {
    const nothing = () => Promise.resolve(undefined);
    expect(await new JobWait().until(nothing, 1)).toBeUndefined();

    const wait = new JobWait();
    const left = wait.until(nothing, LONG_MS);
    wait.leave();
    expect(await left).toBeUndefined();
    expect(await wait.until(nothing, LONG_MS)).toBeUndefined();

    const last = new JobWait();
    const abandoned = last.until(nothing, LONG_MS);
    last.abandon();
    expect(await abandoned).toBeUndefined();
  });

  it('passes on what its look throws', async () => {
    const wait = new JobWait();
    wait.wake();
    await expect(wait.until(() => Promise.reject(new Error('away')), LONG_MS)).rejects.toThrow('away');
  });
});
