import { expect, it } from 'vitest';
import type { MacroStep } from '#engine';
import { LANE_KINDS } from '../kernels/kernel-interface.js';
import { countLanes, laneTable } from './lanes.js';

const bare: MacroStep = {
  numRows: 4,
  stepsPerCall: 1,
  x: new Float32Array(4),
  conditions: new Float32Array(6),
  timesteps: new Int32Array(4),
  coefficients: new Float32Array(32),
  noise: { z: new Float32Array(1), index: new Int32Array(4) },
};

it('pairs of guided rows stand first, so that no tile of an even number of lanes parts one', () => {
  const guidance = {
    source: Int32Array.of(0, 1, 2, 3, 1, 3),
    condIndex: Int32Array.of(0, 1, 2, 3),
    nullIndex: Int32Array.of(0, 4, 2, 5),
    scale: new Float32Array(4).fill(2),
  };
  const { alone, conditional, unconditional } = LANE_KINDS;
  expect(laneTable({ ...bare, guidance })).toEqual(
    Int32Array.from(
      [
        [1, 1, conditional, 1, 4, unconditional],
        [3, 3, conditional, 3, 5, unconditional],
        [0, 0, alone, 2, 2, alone],
      ].flat(),
    ),
  );
  expect(countLanes({ ...bare, guidance })).toBe(6);
  expect(countLanes(bare)).toBe(4);
});
