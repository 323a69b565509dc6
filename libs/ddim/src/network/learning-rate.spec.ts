import { describe, expect, it } from 'vitest';
import { learningRateFactor } from './learning-rate.js';

describe('learningRateFactor', () => {
  const options = { steps: 100, warmupSteps: 20 };

  it('warms up from 1/W to 1, never at 0', () => {
    for (const lrSchedule of ['cosine', 'constant', 'linear'] as const) {
      expect(learningRateFactor(0, { ...options, lrSchedule })).toBe(1 / 20);
      expect(learningRateFactor(19, { ...options, lrSchedule })).toBe(1);
      expect(learningRateFactor(20, { ...options, lrSchedule })).toBe(1);
    }
  });

  it.each([
    ['cosine', 40, 0.5 * (1 + Math.SQRT1_2)],
    ['cosine', 60, 0.5],
    ['cosine', 100, 0],
    ['linear', 60, 0.5],
    ['linear', 100, 0],
    ['constant', 99, 1],
  ] as const)('is %s at update %i: %d', (lrSchedule, update, factor) => {
    expect(learningRateFactor(update, { ...options, lrSchedule })).toBeCloseTo(factor, 12);
  });

  it('stays defined when warm-up takes all steps', () => {
    expect(learningRateFactor(9, { steps: 10, warmupSteps: 10, lrSchedule: 'cosine' })).toBe(1);
    expect(learningRateFactor(10, { steps: 10, warmupSteps: 10, lrSchedule: 'cosine' })).toBe(1);
  });
});
