import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallClock, CLOCK, newClockWords } from '../protocol/call-clock.js';
import { CallTimer } from './call-timer.js';

/** What calls on a model may cost, ms. */
function timerOf(modelBytes: number) {
  const words = newClockWords();
  const timer = new CallTimer(new CallClock(words), modelBytes);
  const allowed = (rows: number): Promise<number> =>
    timer.time(rows, () => Promise.resolve(Atomics.load(words, CLOCK.allowanceMs)));
  return { timer, allowed };
}

afterEach(() => vi.useRealTimers());

describe('what a call may cost', () => {
  it('is what a trial may take while nothing was measured, and more for more bytes', async () => {
    expect(await timerOf(0).allowed(1)).toBe(60_000);
    expect(await timerOf(400_000_000).allowed(1)).toBe(160_000);
  });

  it('grows with its rows from the dearest call so far', async () => {
    const { timer, allowed } = timerOf(0);
    timer.learn(1, 100);
    timer.learn(64, 640);
    expect(await allowed(24)).toBe(48_000);
    timer.learn(1, 1_000);
    expect(await allowed(24)).toBe(480_000);
  });

  it('does not come from the time that passed, in which the thread may have waited for a core', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    const { timer, allowed } = timerOf(0);
    await timer.time(1, async () => void vi.advanceTimersByTime(400_000));
    expect(await allowed(24)).toBeLessThan(100_000);
  });

  it('has a floor', async () => {
    const { timer, allowed } = timerOf(0);
    timer.learn(16, 1);
    expect(await allowed(16)).toBe(5_000);
  });
});
