import { defineKernel, sumOfLanes, type PassBuffer, type TrainingKernel } from './kernel.js';

/** Rows and columns of a workgroup's tile; each of its lanes has 4 x 4 of them. */
export const TILE = 32;
/** Terms of a sum that a workgroup holds at once. */
const DEPTH = 16;
const LANES = (TILE / 4) ** 2;
/** One more than TILE, so that writes along the depth do not all meet in one bank. */
const PITCH = TILE + 1;

/** One kind of product: sum over k of left(row, k) right(k, column), for every row and column. */
interface ProductVariant<Field extends string> {
  readonly buffers: readonly PassBuffer[];
  readonly fields: readonly Field[];
  /**
   * WGSL that defines rows, inner (terms of a sum), columns, row0 and column0 (of this tile) and tile (its
   * number).
   */
  readonly place: string;
  /** WGSL expression in `row` and `k`; neighbouring lanes read along k, or along the rows. */
  readonly left: string;
  readonly leftAlong: 'depth' | 'rows';
  /** WGSL expression in `k` and `column`; neighbouring lanes read along k, or along the columns. */
  readonly right: string;
  readonly rightAlong: 'depth' | 'columns';
  /** WGSL statements that put `value` at `row` and `column` away; they may add to `part`. */
  readonly store: string;
  /** WGSL expression of where the sum of the tile's parts goes in the memory. */
  readonly partAt?: string;
  /** WGSL before the entry point. */
  readonly functions?: string;
}

/** The place of a tile when the whole dispatch is one product. */
export const WHOLE_DISPATCH = `
  let rows = task.rows; let inner = task.inner; let columns = task.columns;
  let row0 = group.y * ${TILE}u; let column0 = group.x * ${TILE}u;
  let tile = group.y * groups.x + group.x;`;

/** Workgroups of one product. */
export function productGrid(rows: number, columns: number): readonly [x: number, y: number] {
  return [Math.ceil(columns / TILE), Math.ceil(rows / TILE)];
}

/**
 * A tiled product of any size: both factors pass through workgroup memory, and every sum has one accumulator
 * that takes its terms in ascending order, whatever the tile.
 */
export function productKernel<Field extends string>(
  name: string,
  variant: ProductVariant<Field>,
): TrainingKernel<Field> {
  const { place, left, right, partAt, functions = '' } = variant;
  return defineKernel(
    name,
    variant,
    `
${functions}
var<workgroup> left_tile: array<f32, ${DEPTH * PITCH}>;
var<workgroup> right_tile: array<f32, ${DEPTH * PITCH}>;
${partAt === undefined ? '' : sumOfLanes(LANES)}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  ${place}
  let lane_row = lane / ${TILE / 4}u * 4u;
  let lane_column = lane % ${TILE / 4}u * 4u;
  var sum0 = vec4f(); var sum1 = vec4f(); var sum2 = vec4f(); var sum3 = vec4f();
  for (var first = 0u; first < inner; first += ${DEPTH}u) {
    ${loadTile('left_tile', { index: 'row', start: 'row0', end: 'rows' }, { value: left, along: variant.leftAlong })}
    ${loadTile('right_tile', { index: 'column', start: 'column0', end: 'columns' }, { value: right, along: variant.rightAlong })}
    workgroupBarrier();
    ${ADD_TERMS}
    workgroupBarrier();
  }
  ${storeTile(variant)}
}`,
  );
}

/** Fills one of the tiles with numbers, or zeros outside; neighbouring lanes read neighbouring numbers. */
function loadTile(
  tile: string,
  { index, start, end }: { readonly index: string; readonly start: string; readonly end: string },
  { value, along }: { readonly value: string; readonly along: 'depth' | 'rows' | 'columns' },
): string {
  const place =
    along === 'depth'
      ? `let depth = i % ${DEPTH}u; let across = i / ${DEPTH}u;`
      : `let depth = i / ${TILE}u; let across = i % ${TILE}u;`;
  return `for (var i = lane; i < ${TILE * DEPTH}u; i += ${LANES}u) {
      ${place}
      let ${index} = ${start} + across;
      let k = first + depth;
      var value = 0.0;
      if (${index} < ${end} && k < inner) { value = ${value}; }
      ${tile}[depth * ${PITCH}u + across] = value;
    }`;
}

const ADD_TERMS = `for (var depth = 0u; depth < ${DEPTH}u; depth++) {
      let l = depth * ${PITCH}u + lane_row;
      let r = depth * ${PITCH}u + lane_column;
      let terms = vec4f(right_tile[r], right_tile[r + 1u], right_tile[r + 2u], right_tile[r + 3u]);
      sum0 += left_tile[l] * terms;
      sum1 += left_tile[l + 1u] * terms;
      sum2 += left_tile[l + 2u] * terms;
      sum3 += left_tile[l + 3u] * terms;
    }`;

function storeTile({ store, partAt }: Pick<ProductVariant<string>, 'store' | 'partAt'>): string {
  const storeAll = `let sums = array<vec4f, 4>(sum0, sum1, sum2, sum3);
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let row = row0 + lane_row + i;
      let column = column0 + lane_column + j;
      if (row < rows && column < columns) {
        let value = sums[i][j];
        ${store}
      }
    }
  }`;
  if (partAt === undefined) return storeAll;
  return `var part = 0.0;
  ${storeAll}
  let total = sum_of_lanes(lane, part);
  if (lane == 0u) { memory[${partAt}] = total; }`;
}
