/** Rows of the network that a macro-step needs, in the order of the kernels. Knows nothing of tables. */

import { BackendError } from '#ddim';
import type { MacroStep } from '#engine';
import { LANE_KINDS } from '../kernels/kernel-interface.js';

/** Lanes of a macro-step: a guided row is two, all others are one. */
export function countLanes({ numRows, guidance }: MacroStep): number {
  if (!guidance) return numRows;
  const { condIndex, nullIndex } = guidance;
  return numRows + condIndex.reduce((pairs, own, row) => pairs + (own === nullIndex[row] ? 0 : 1), 0);
}

/**
 * The lane table [R,3]: pairs of guided rows first, then the lanes that are alone.
 * @throws BackendError when an index lies outside of the conditions, or belongs to another row
 */
export function laneTable(macroStep: MacroStep): Int32Array {
  const { numRows, guidance } = macroStep;
  const lanes: number[] = [];
  const alone: number[] = [];
  for (let row = 0; row < numRows; row++) {
    const own = guidance ? guidance.condIndex[row] : row;
    const other = guidance ? guidance.nullIndex[row] : row;
    if (guidance) for (const condition of [own, other]) checkSource(guidance, condition, row);
    if (own === other) alone.push(row, own, LANE_KINDS.alone);
    else lanes.push(row, own, LANE_KINDS.conditional, row, other, LANE_KINDS.unconditional);
  }
  return Int32Array.from([...lanes, ...alone]);
}

function checkSource({ source }: NonNullable<MacroStep['guidance']>, condition: number, row: number): void {
  if (source[condition] !== row)
    throw new BackendError(`condition ${condition} belongs to row ${source[condition]}, not to row ${row}`);
}
