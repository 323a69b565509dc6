import { describe, expect, it } from 'vitest';
import { batchCap, spread, type BatchSizeSituation } from './batch-size.js';

const cost = { fixedMs: 0.15, rowMs: 0.051, noisyRowMs: 0.018 };
const quiet: BatchSizeSituation = {
  cost,
  priority: 'normal',
  numSteps: 50,
  waitedMs: 0,
  arrivals: 0,
  waiting: 0,
  threads: 2,
  maxBatchRows: 256,
};

describe('batchCap', () => {
  it('is 16 for 50 steps within 50 ms, half the time for interactive rows, and never below 8', () => {
    expect(batchCap(quiet)).toBe(16);
    expect(batchCap({ ...quiet, priority: 'interactive', numSteps: 20 })).toBe(21);
    expect(batchCap({ ...quiet, priority: 'interactive' })).toBe(8);
    expect(batchCap({ ...quiet, numSteps: 5 })).toBe(193);
  });

  it('is not smaller for more steps than 50: such a request may take longer', () => {
    expect(batchCap({ ...quiet, numSteps: 250 })).toBe(16);
  });

  it('is the largest batch for bulk rows', () => {
    expect(batchCap({ ...quiet, priority: 'bulk' })).toBe(256);
    expect(batchCap({ ...quiet, priority: 'bulk', maxBatchRows: 64 })).toBe(64);
  });

  it('grows when 16 rows cannot keep up with what arrives, up to a full batch', () => {
    const capacityAt16 = (2 * 16) / (0.15 + 0.051 * 16);
    expect(batchCap({ ...quiet, arrivals: 0.94 * capacityAt16 })).toBe(16);
    const grown = batchCap({ ...quiet, arrivals: capacityAt16 });
    expect(grown).toBeGreaterThan(16);
    expect((capacityAt16 * (0.15 + 0.051 * grown)) / grown / 2).toBeCloseTo(0.95, 1);
    expect(batchCap({ ...quiet, arrivals: 100 })).toBe(64);
    const bendless = { ...cost, fixedMs: 0.51 };
    expect(batchCap({ ...quiet, cost: bendless, arrivals: 100 })).toBe(190); // 95 % of peak
  });

  it('grows to a row of each request that waits, up to a full batch', () => {
    expect(batchCap({ ...quiet, waiting: 32 })).toBe(16);
    expect(batchCap({ ...quiet, waiting: 80 })).toBe(40);
    expect(batchCap({ ...quiet, waiting: 1_000 })).toBe(64);
  });

  it('is full for a request that has waited for longer than it should take, since the queue that it comes from is too long', () => {
    expect(batchCap({ ...quiet, waitedMs: 50 })).toBe(16);
    expect(batchCap({ ...quiet, waitedMs: 51 })).toBe(64);
    expect(batchCap({ ...quiet, priority: 'interactive', waitedMs: 26 })).toBe(64);
    expect(batchCap({ ...quiet, priority: 'bulk', waitedMs: 1e6 })).toBe(256);
  });

  it('never exceeds the largest batch', () => {
    expect(batchCap({ ...quiet, arrivals: 100, maxBatchRows: 4 })).toBe(4);
    expect(batchCap({ ...quiet, cost: { ...cost, rowMs: 0 } })).toBe(256);
  });
});

describe('spread', () => {
  it('gives each idle thread its share of the rows, but at least 4', () => {
    expect(spread(64, 2)).toBe(32);
    expect(spread(65, 2)).toBe(33);
    expect(spread(5, 2)).toBe(4);
  });
});
