import { describe, expect, it } from 'vitest';
import type { MacroStepFacts, RequestFacts } from '#engine';
import { RecentWork } from './recent-work.js';

const macroStep = (seconds: number): MacroStepFacts => ({
  model: 'm@1',
  backend: 'onnx',
  provider: 'cpu',
  device: 'cpu',
  thread: 0,
  numRows: 4,
  stepsPerCall: 10,
  rowSteps: 40,
  maxBatchRows: 64,
  seconds,
  outsideSeconds: 0,
});
const request = { completedRows: 6 } as RequestFacts;

describe('the recent work of an engine', () => {
  it('is null and zero before anything ran', () => {
    expect(new RecentWork().rates()).toEqual({ rowStepsPerSecond: 0, samplesPerSecond: 0, stepSeconds: null });
  });

  it('gives rates over the time that has passed and quantiles within a tenth', () => {
    let now = 100;
    const work = new RecentWork(() => now);
    for (let i = 0; i < 100; i++) work.onMacroStep(macroStep(i < 95 ? 0.02 : 0.2));
    work.onRequest(request);
    now = 104;
    const { rowStepsPerSecond, samplesPerSecond, stepSeconds } = work.rates();
    expect(rowStepsPerSecond).toBe(1000);
    expect(samplesPerSecond).toBe(1.5);
    expect(stepSeconds?.p50).toBeCloseTo(0.002, 3);
    expect((stepSeconds?.p99 ?? 0) / 0.02).toBeGreaterThan(0.9);
    expect((stepSeconds?.p99 ?? 0) / 0.02).toBeLessThan(1.1);
  });

  it('forgets what is older than a minute', () => {
    let now = 0;
    const work = new RecentWork(() => now);
    work.onMacroStep(macroStep(0.02));
    now = 61;
    expect(work.rates()).toEqual({ rowStepsPerSecond: 0, samplesPerSecond: 0, stepSeconds: null });
    work.onMacroStep(macroStep(0.02));
    expect(work.rates().stepSeconds?.count).toBe(1);
  });

  it('says of the last ten seconds how busy each thread was, and how many rows shared a step', () => {
    let now = 100;
    const work = new RecentWork(() => now);
    for (let i = 0; i < 100; i++) work.onMacroStep(macroStep(0.02)); // over before the last ten seconds
    now = 150;
    for (let i = 0; i < 50; i++) work.onMacroStep(macroStep(0.1));
    work.onMacroStep({ ...macroStep(0.1), thread: 1, numRows: 1, rowSteps: 10 });
    work.onRequest(request);
    const idle = { status: 'idle', busySeconds: 0, outsideSeconds: 0, macroSteps: 0, rowSteps: 0, deaths: 0 } as const;
    const lately = work.lately([
      { ...idle, thread: 0, status: 'busy' },
      { ...idle, thread: 1 },
      { ...idle, thread: 2 },
    ]);
    expect(lately).toMatchObject({ seconds: 10, rowStepsPerSecond: 201, samplesPerSecond: 0.6 });
    expect(lately.rowsPerStep).toBeCloseTo(2_010 / 510, 9);
    expect(lately.stepSeconds).not.toHaveProperty('count');
    expect(lately.threads).toEqual([
      { thread: 0, status: 'busy', occupancyRatio: expect.closeTo(0.5, 9) },
      { thread: 1, status: 'idle', occupancyRatio: expect.closeTo(0.01, 9) },
      { thread: 2, status: 'idle', occupancyRatio: 0 },
    ]);
  });
});
