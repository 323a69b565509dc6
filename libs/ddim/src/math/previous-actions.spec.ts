import { describe, expect, it } from 'vitest';
import { shiftActions } from './previous-actions.js';

const sizes = { rows: 2, actionHorizon: 4, actionDim: 2 };
/** Two rows of [4,2], every number another one. */
const previousActions = Float32Array.from({ length: 16 }, (_, i) => i);

describe('what is left of a plan', () => {
  it.each([
    [0, [0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14, 15]],
    [1, [2, 3, 4, 5, 6, 7, 6, 7], [10, 11, 12, 13, 14, 15, 14, 15]],
    [3, [6, 7, 6, 7, 6, 7, 6, 7], [14, 15, 14, 15, 14, 15, 14, 15]],
  ])(
    'after %i executed steps is the rest of each row, and its last action again and again',
    (executedSteps, ...rows) => {
      expect([...shiftActions({ previousActions, executedSteps }, sizes, 'warmStart')]).toEqual(rows.flat());
    },
  );

  it('leaves the previous actions as they are', () => {
    const copy = previousActions.slice();
    shiftActions({ previousActions: copy, executedSteps: 2 }, sizes, 'warmStart').fill(-1);
    expect(copy).toEqual(previousActions);
  });

  it('commutes with normalising, since it computes nothing', () => {
    const scaled = previousActions.map((value) => value * 0.3 - 1);
    const shifted = shiftActions({ previousActions, executedSteps: 2 }, sizes, 'warmStart');
    expect(shiftActions({ previousActions: scaled, executedSteps: 2 }, sizes, 'warmStart')).toEqual(
      shifted.map((value) => value * 0.3 - 1),
    );
  });

  it.each([-1, 4, 1.5, Number.NaN])('of %d executed steps is refused with the range', (executedSteps) => {
    expect(() => shiftActions({ previousActions, executedSteps }, sizes, 'warmStart')).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        field: 'warmStart.executedSteps',
        message: `warmStart.executedSteps must be an integer in 0..3, got ${executedSteps}`,
      }),
    );
  });

  it('of another number of rows is refused', () => {
    expect(() =>
      shiftActions({ previousActions, executedSteps: 1 }, { ...sizes, rows: 3 }, 'realTimeChunking'),
    ).toThrow(expect.objectContaining({ code: 'shape_mismatch', field: 'realTimeChunking.previousActions' }));
  });
});
