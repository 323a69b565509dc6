import { at, dimensionRange, type ActionBatch } from './action-batch.js';

/** Part of a plane, y upwards. */
export interface Extent {
  readonly x: readonly [min: number, max: number];
  readonly y: readonly [min: number, max: number];
}

/** Side of a picture, in its own units. */
export const SIDE = 100;
const MARGIN = 6;

/** What all rows of all batches [rows, horizon, 2] reach, as a square: one unit is as long in x as in y. */
export function extentOf(...batches: readonly ActionBatch[]): Extent {
  const [x, y] = [0, 1].map((j) => {
    const ranges = batches.map((batch) => dimensionRange(batch, j));
    return [Math.min(...ranges.map(([min]) => min)), Math.max(...ranges.map(([, max]) => max))] as const;
  });
  const side = Math.max((x?.[1] ?? 1) - (x?.[0] ?? 0), (y?.[1] ?? 1) - (y?.[0] ?? 0)) || 1;
  return { x: around(x, side), y: around(y, side) };
}

/** The first `steps` steps of a row as an SVG path in a square of SIDE. */
export function actionPath(
  batch: ActionBatch,
  row: number,
  { extent, steps }: { extent: Extent; steps: number },
): string {
  return Array.from({ length: Math.min(steps, batch.horizon) }, (_, h) => {
    const [x, y] = placeOf([at(batch, row, [h, 0]), at(batch, row, [h, 1])], extent);
    return `${h === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join('');
}

/** Where a point stands in a square of SIDE. */
export function placeOf([x, y]: readonly [number, number], extent: Extent): readonly [number, number] {
  const inside = SIDE - 2 * MARGIN;
  return [MARGIN + inside * share(x, extent.x), SIDE - MARGIN - inside * share(y, extent.y)];
}

function share(value: number, [min, max]: readonly [number, number]): number {
  return (value - min) / (max - min);
}

function around([min, max]: readonly [number, number] = [0, 1], side: number): readonly [number, number] {
  const middle = (min + max) / 2;
  return [middle - side / 2, middle + side / 2];
}
