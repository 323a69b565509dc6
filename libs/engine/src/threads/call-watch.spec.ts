import { describe, expect, it } from 'vitest';
import { CallClock, newClockWords } from '../protocol/call-clock.js';
import { CallWatch } from './call-watch.js';

/** A watched thread whose time and CPU time are set by hand, ms. */
function watched() {
  const words = newClockWords();
  const time = { now: 0, cpu: 0 };
  const watch = new CallWatch({ words, now: () => time.now, threadCpuMs: () => time.cpu });
  /** Time passes in steps of 250 ms, of which the thread computes a share. */
  const pass = (ms: number, share: number) => {
    let call = watch.look();
    for (let passed = 0; passed < ms && !call; passed += 250) {
      time.now += 250;
      time.cpu += 250 * share;
      call = watch.look();
    }
    return call;
  };
  return { clock: new CallClock(words), time, watch, pass };
}

const never = (): Promise<never> => new Promise(() => {});

describe('a watched call', () => {
  it('is overdue when it has computed for longer than it may', () => {
    const { clock, pass } = watched();
    void clock.time(5_000, never);
    expect(pass(5_000, 1)).toBeUndefined();
    expect(pass(1_000, 1)).toMatchObject({ allowanceMs: 5_000, isComputing: true });
  });

  it('is not overdue on a busy machine, where time passes and the thread hardly gets a core', () => {
    const { clock, pass } = watched();
    void clock.time(5_000, never);
    expect(pass(45_000, 0.1)).toBeUndefined();
  });

  it('is not overdue after the whole process stood still, however long', () => {
    const { clock, time, watch, pass } = watched();
    void clock.time(5_000, never);
    pass(1_000, 1);
    time.now += 3_600_000;
    expect(watch.look()).toBeUndefined();
  });

  it('is overdue, though not as one that computes, when it has waited for ten times as long', () => {
    const { clock, pass } = watched();
    void clock.time(5_000, never);
    expect(pass(60_000, 0)).toMatchObject({ isComputing: false });
  });

  it('is forgotten when it ends; the next one begins anew', async () => {
    const { clock, pass } = watched();
    for (let call = 0; call < 4; call++) {
      let end = (): void => {};
      const ended = clock.time(5_000, () => new Promise<void>((resolve) => (end = resolve)));
      expect(pass(4_000, 1)).toBeUndefined();
      end();
      await ended;
    }
    expect(pass(60_000, 1)).toBeUndefined();
  });

  it('inside another one has its own allowance, after which that of the outer one begins anew', async () => {
    const { clock, pass } = watched();
    let end = (): void => {};
    const inner = new Promise<void>((resolve) => (end = resolve));
    void clock.time(60_000, async () => {
      await clock.time(5_000, () => inner);
      await never();
    });
    expect(pass(4_000, 1)).toBeUndefined();
    end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pass(50_000, 1)).toBeUndefined();
    expect(pass(20_000, 1)).toMatchObject({ allowanceMs: 60_000 });
  });

  it('ends by an error like any other', async () => {
    const { clock, pass } = watched();
    await expect(clock.time(5_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(pass(60_000, 1)).toBeUndefined();
  });
});
