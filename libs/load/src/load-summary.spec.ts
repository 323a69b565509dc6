import { describe, expect, it } from 'vitest';
import type { EndedJob, LoadRun } from './load.js';
import { keepsLimit, summarizeRun } from './load-summary.js';

const size = { rows: 4, steps: 10, weight: 1 };
const job = (dueAt: number, endedAt: number, error?: string): EndedJob => ({ size, dueAt, endedAt, error });
const run = (...jobs: EndedJob[]): LoadRun => ({ jobs, from: 1_000, to: 3_000, clientRatio: 0.1, gaveUp: false });

describe('the summary of a run', () => {
  const summary = summarizeRun(
    run(
      job(900, 1_100), // sent in the warm-up: counts for the rates alone
      job(1_000, 1_050),
      job(2_990, 3_190), // answered after the end: counts for the latencies alone
      job(100, 200),
      job(3_000, 3_001),
      job(2_000, 2_001, 'queue_full'),
      job(2_000, 2_001, 'queue_full'),
      job(2_000, 2_001, 'ECONNRESET'),
    ),
  );

  it('has the rates of what ended in the measured time', () => {
    expect(summary).toMatchObject({ jobsPerSecond: 1, rowsPerSecond: 4, rowStepsPerSecond: 40 });
  });

  it('has the latencies of what was due in the measured time, also of what ended later', () => {
    expect(summary.latencyMs).toMatchObject({ count: 2, p50: 50, max: 200 });
  });

  it('counts errors by code and gives them no latency', () => {
    expect(summary.errors).toEqual({ queue_full: 2, ECONNRESET: 1 });
  });

  it('has no latencies when nothing succeeded', () => {
    expect(summarizeRun(run(job(1_000, 1_001, 'x')))).toMatchObject({ jobsPerSecond: 0, latencyMs: undefined });
  });
});

describe('a latency limit', () => {
  const limit = { percent: 99, ms: 50 };
  const many = (late: number, error?: string) =>
    run(
      ...Array.from({ length: 200 }, (_, i) =>
        job(1_000 + i, 1_000 + i + (i < late ? 51 : 50), i < late ? error : undefined),
      ),
    );

  it('is kept while no more than the rest of the percentile is late', () => {
    expect(keepsLimit(many(2), limit)).toBe(true);
    expect(keepsLimit(many(3), limit)).toBe(false);
  });

  it('counts failed jobs as late', () => {
    expect(keepsLimit(many(2, 'x'), limit)).toBe(true);
    expect(keepsLimit(many(3, 'x'), limit)).toBe(false);
  });

  it('is not kept by a run that gave up, nor by one without jobs', () => {
    expect(keepsLimit({ ...many(0), gaveUp: true }, limit)).toBe(false);
    expect(keepsLimit(run(), limit)).toBe(false);
  });
});
