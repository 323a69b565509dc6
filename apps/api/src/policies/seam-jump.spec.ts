import { describe, expect, it } from 'vitest';
import { encodeTensor } from '#queue';
import { seamJump } from './seam-jump.js';

const shape = [2, 4, 2];
const planOf = (firstSample: readonly number[]) => ({
  shape,
  actions: Float32Array.from({ length: 16 }, (_, i) => firstSample[i] ?? 99),
});
const previous = (executedSteps: number) => ({
  previousActions: encodeTensor({ shape, data: planOf([0, 0, 1, 1, 2, 2, 3, 3]).actions }),
  executedSteps,
});

describe('The jump at a seam', () => {
  it.each([
    ['nothing, where the plan goes on as the one before', 1, 1, [1, 1, 2, 2], 0],
    ['the distance between both plans where the new one takes over', 1, 1, [1, 1, 5, 6], 5],
    ['that of the first action when the plan is there at once', 2, 0, [2, 0], 2],
  ])('is %s', (_, executedSteps, delaySteps, actions, jump) => {
    expect(seamJump(previous(executedSteps), planOf(actions), delaySteps)).toBe(jump);
  });

  it('is unknown where the plan before has ended by then', () => {
    expect(seamJump(previous(3), planOf([]), 1)).toBeUndefined();
  });
});
