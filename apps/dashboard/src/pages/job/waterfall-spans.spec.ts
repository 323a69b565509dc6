import { describe, expect, it } from 'vitest';
import { waterfallSpans } from './waterfall-spans.js';

const macroStep = { calls: 1, steps: 5, rows: 4, batchRows: 64, batchJobs: 9 };
const trace = {
  attempt: 1,
  createdAt: '2026-11-30T12:00:00.000Z',
  startedAt: '2026-11-30T12:00:02.000Z',
  finishedAt: '2026-11-30T12:00:02.050Z',
  readySeconds: 0.001,
  macroSteps: [
    { ...macroStep, startSeconds: 0.003, endSeconds: 0.01 },
    { ...macroStep, startSeconds: 0.01, endSeconds: 0.02, batchRows: 4, batchJobs: 1 },
  ],
  store: { startSeconds: 0.021, endSeconds: 0.03 },
};
const NOON = Date.parse(trace.createdAt);

describe('The waterfall of a job', () => {
  it('goes from submit to the end, each part behind the one before', () => {
    const spans = waterfallSpans(trace, null, NOON);
    expect(spans.map(({ label, note }) => `${label} ${note}`.trim())).toEqual([
      'in the queue',
      'model and inputs',
      'wait for the engine',
      '5 steps 4 of 64 rows, 9 jobs',
      '5 steps 4 of 4 rows',
      'store',
      'record the end',
    ]);
    expect(spans[0]).toMatchObject({ start: 0, end: 2 });
    expect(spans.at(-1)?.end).toBeCloseTo(2.05);
    for (const [i, { start, end }] of spans.entries()) {
      expect(end).toBeGreaterThanOrEqual(start);
      if (i > 0) expect(start).toBeGreaterThanOrEqual((spans[i - 1]?.end ?? 0) - 1e-9);
    }
  });

  it('has the time in the queue that the job itself names, and its steps stand behind that', () => {
    const [queue, prepare] = waterfallSpans(trace, 1.997, NOON);
    expect([queue?.end, prepare?.start]).toEqual([1.997, 1.997]);
  });

  it('of a job that waits is its time in the queue until now', () => {
    const waiting = { ...trace, startedAt: null, finishedAt: null, readySeconds: null, macroSteps: [], store: null };
    const [queue, ...others] = waterfallSpans(waiting, null, NOON + 5_000);
    expect([queue?.end, others.length]).toEqual([5, 0]);
  });

  it('of a job that was cancelled in the queue ends with that', () => {
    const cancelled = { ...trace, startedAt: null, readySeconds: null, macroSteps: [], store: null };
    expect(waterfallSpans(cancelled, null, NOON + 99_000)).toMatchObject([{ kind: 'queue', end: 2.05 }]);
  });
});
