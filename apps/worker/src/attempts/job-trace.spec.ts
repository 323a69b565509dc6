import { describe, expect, it } from 'vitest';
import { StoredSamplingTrace } from '#contract';
import { beginTrace, traceOf } from './job-notes.js';
import { JobTrace } from './job-trace.js';

const STARTED_AT = 1_000;
const macroStep = (i: number) => ({
  thread: 0,
  startedAt: STARTED_AT + 10 * i,
  endedAt: STARTED_AT + 10 * i + 8,
  stepsPerCall: 5,
  ownRows: 3,
  numRows: i % 2 === 0 ? 3 : 5,
  numRequests: i % 2 === 0 ? 1 : 2,
});
const read = (trace: JobTrace) => StoredSamplingTrace.parse(JSON.parse(trace.text));

describe('The trace of an attempt', () => {
  it('says when it was ready, each macro-step, and how long the result took to store', () => {
    const trace = new JobTrace(2, STARTED_AT);
    trace.ready(1_004.0004);
    trace.macroStep(macroStep(1));
    trace.macroStep(macroStep(2));
    trace.stored(1_030, 1_031.5);
    expect(read(trace)).toEqual({
      attempt: 2,
      ready: 4,
      macroSteps: [
        [10, 18, 1, 5, 3, 5, 2],
        [20, 28, 1, 5, 3, 3, 1],
      ],
      store: [30, 31.5],
    });
  });

  it.each([65, 1_000, 20_000])('of %i macro-steps is a few kilobytes that account for all of them', (count) => {
    const trace = new JobTrace(1, STARTED_AT);
    for (let i = 0; i < count; i++) trace.macroStep(macroStep(i));
    const entries = read(trace).macroSteps;
    expect(entries.length).toBeGreaterThan(16);
    expect(entries.length).toBeLessThanOrEqual(64);
    expect(trace.text.length).toBeLessThan(4_096);
    expect(entries.reduce((sum, [, , calls]) => sum + calls, 0)).toBe(count);
    expect(entries.reduce((sum, [, , , steps]) => sum + steps, 0)).toBe(5 * count);
    expect(entries[0][0]).toBe(0);
    expect(entries.at(-1)?.[1]).toBe(10 * (count - 1) + 8);
    for (const [i, [from, to, calls, , rows, batchRows, batchJobs]] of entries.entries()) {
      if (i > 0) expect(from).toBeGreaterThan(entries[i - 1][1]);
      expect(to).toBeGreaterThan(from);
      expect(rows).toBe(3);
      if (calls % 2 === 0) expect([batchRows, batchJobs]).toEqual([4, 1.5]);
    }
  });

  it('is that of its attempt, and of no other', () => {
    const [job, other] = [{ attemptsStarted: 1 }, { attemptsStarted: 1 }];
    beginTrace(job).ready();
    expect(traceOf(job)).toContain('ready');
    expect(traceOf(other)).toBeUndefined();
  });
});
