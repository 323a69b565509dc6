import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestPace } from './request-pace.js';

/** Takes so many at once; gives what has begun, as it goes on. */
function takeAll(pace: RequestPace, count: number, units = 1): number[] {
  const begun: number[] = [];
  for (let i = 0; i < count; i++) pace.take(units, () => begun.push(i));
  return begun;
}

describe('RequestPace', () => {
  it('begins at once what comes alone', () => {
    expect(takeAll(new RequestPace(), 1)).toEqual([0]);
  });

  it('begins 4 in a turn of the event loop, all of them in order', async () => {
    const begun = takeAll(new RequestPace(), 14);
    const counts = [begun.length];
    while (begun.length < 14) {
      await setImmediate();
      counts.push(begun.length);
    }
    expect(counts).toEqual([4, 8, 12, 14]);
    expect(begun).toEqual(Array.from({ length: 14 }, (_, i) => i));
  });

  it('begins what is larger than a turn in a turn of its own', async () => {
    const begun = takeAll(new RequestPace(), 3, 65);
    expect(begun).toEqual([0]);
    await setImmediate();
    expect(begun).toEqual([0, 1]);
  });

  it('lets nobody overtake those who wait', async () => {
    const pace = new RequestPace();
    const early = takeAll(pace, 5);
    pace.connected();
    await setImmediate();
    const late = takeAll(pace, 1);
    expect([early.length, late.length]).toEqual([4, 0]);
    await setImmediate();
    expect([early.length, late.length]).toEqual([5, 1]);
  });

  it('lets connections in first, one in a turn, and for 5 ms at most', async () => {
    let now = 0;
    const pace = new RequestPace(() => now);
    const begun = takeAll(pace, 8);
    for (now = 0; now < 5; now += 1) {
      pace.connected();
      await setImmediate();
      expect(begun).toHaveLength(4);
    }
    pace.connected();
    await setImmediate();
    expect(begun).toHaveLength(8);
    const later = takeAll(pace, 1);
    pace.connected();
    await setImmediate();
    expect(later).toEqual([]);
  });

  it('goes on as soon as no connection comes', async () => {
    const pace = new RequestPace(() => 0);
    const begun = takeAll(pace, 8);
    pace.connected();
    await setImmediate();
    expect(begun).toHaveLength(4);
    await setImmediate();
    expect(begun).toHaveLength(8);
  });
});
