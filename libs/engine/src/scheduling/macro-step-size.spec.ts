import { array, assert, boolean, double, integer, option, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { macroStepSize, type MacroStepSituation } from './macro-step-size.js';

const rows = (count: number, left = 50): number[] => Array.from({ length: count }, () => left);
const usual: MacroStepSituation = {
  stepMs: 0.966,
  stepsLeft: rows(16),
  isBulk: false,
  isShared: true,
  stepsToPreview: undefined,
  maxStepsPerCall: 50,
  cheapStepsPerCall: 1,
};

describe('macroStepSize', () => {
  it.each([
    { what: 'its lane is not alone', situation: usual, stepsPerCall: 5, maxMacroSteps: 4 },
    { what: 'only its lane has rows', situation: { ...usual, isShared: false }, stepsPerCall: 5, maxMacroSteps: 10 },
    { what: 'all rows are bulk', situation: { ...usual, isBulk: true }, stepsPerCall: 25, maxMacroSteps: 1 },
    {
      what: '5 steps take 8.9 ms',
      situation: { ...usual, stepMs: 1.78, stepsLeft: rows(64) },
      stepsPerCall: 5,
      maxMacroSteps: 2,
    },
    {
      what: '5 steps take 17.1 ms',
      situation: { ...usual, stepMs: 3.41, stepsLeft: rows(64) },
      stepsPerCall: 2,
      maxMacroSteps: 2,
    },
    {
      what: 'a row is alone',
      situation: { ...usual, stepMs: 0.2, stepsLeft: rows(1) },
      stepsPerCall: 25,
      maxMacroSteps: 2,
    },
    {
      what: 'a step is slow',
      situation: { ...usual, stepMs: 13, stepsLeft: rows(256) },
      stepsPerCall: 1,
      maxMacroSteps: 1,
    },
    {
      what: 'a small batch is slow',
      situation: { ...usual, stepMs: 4, stepsLeft: rows(7) },
      stepsPerCall: 5,
      maxMacroSteps: 1,
    },
    { what: 'the plan is raw', situation: { ...usual, maxStepsPerCall: 1 }, stepsPerCall: 1, maxMacroSteps: 20 },
    {
      what: 'a preview is due in 12 steps',
      situation: { ...usual, stepMs: 0.2, stepsToPreview: 12 },
      stepsPerCall: 10,
      maxMacroSteps: 1,
    },
    { what: 'a preview is overdue', situation: { ...usual, stepsToPreview: 0 }, stepsPerCall: 1, maxMacroSteps: 1 },
  ])('is $stepsPerCall steps, $maxMacroSteps times, when $what', ({ situation, stepsPerCall, maxMacroSteps }) => {
    expect(macroStepSize(situation)).toEqual({ stepsPerCall, maxMacroSteps });
  });

  it('lets few rows idle: one of twenty may end early, one of two may not', () => {
    expect(macroStepSize({ ...usual, stepMs: 0.1, stepsLeft: [...rows(19), 3] }).stepsPerCall).toBe(50);
    expect(macroStepSize({ ...usual, stepMs: 0.1, stepsLeft: [...rows(1), 3] }).stepsPerCall).toBe(2);
  });

  it('takes as many steps as cost little on a device, however slow they are and though half of them idle', () => {
    const device = { ...usual, stepMs: 3.4, stepsLeft: rows(64), cheapStepsPerCall: 10 };
    expect(macroStepSize(device).stepsPerCall).toBe(10);
    expect(macroStepSize({ ...device, stepsLeft: [...rows(32), ...rows(32, 1)] }).stepsPerCall).toBe(10);
    expect(macroStepSize({ ...device, stepsLeft: rows(64, 4) }).stepsPerCall).toBe(5);
    expect(macroStepSize({ ...device, stepsToPreview: 2 }).stepsPerCall).toBe(2);
    expect(macroStepSize({ ...device, stepMs: 0.4 }).stepsPerCall).toBe(10);
    expect(macroStepSize({ ...device, stepMs: 0.4, isBulk: true }).stepsPerCall).toBe(50);
  });

  it('idles at most 10 % away, and runs on only where no row ends before', () => {
    assert(
      property(
        double({ min: 0.01, max: 20, noNaN: true }),
        array(integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 64 }),
        boolean(),
        boolean(),
        option(integer({ min: -5, max: 60 }), { nil: undefined }),
        (stepMs, stepsLeft, isBulk, isShared, stepsToPreview) => {
          const situation = {
            stepMs,
            stepsLeft,
            isBulk,
            isShared,
            stepsToPreview,
            maxStepsPerCall: 50,
            cheapStepsPerCall: 1,
          };
          const size = macroStepSize(situation);
          const { stepsPerCall, maxMacroSteps } = size;
          const idle = stepsLeft.reduce((sum, left) => sum + Math.max(0, stepsPerCall - left), 0);
          expect(idle).toBeLessThanOrEqual(0.1 * stepsPerCall * stepsLeft.length);
          if (maxMacroSteps === 1) return;
          expect(stepsPerCall * maxMacroSteps).toBeLessThanOrEqual(Math.min(...stepsLeft));
          expect(stepsPerCall * maxMacroSteps).toBeLessThanOrEqual((isShared ? 20 : 100) / stepMs);
        },
      ),
    );
  });
});
