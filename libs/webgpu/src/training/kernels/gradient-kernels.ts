import { defineKernel, sumOfLanes } from './kernel.js';
import { productKernel, TILE } from './product-kernel.js';

/** A dense layer in the table: x [B,inputs] with rows `stride` apart, dy [B,outputs], its first tile. */
export const LAYER_RECORD = ['x', 'stride', 'dy', 'inputs', 'outputs', 'kernel', 'bias', 'firstTile'] as const;
/** A layer norm in the table: h and dy [B,H], mean and r [B,2]. */
export const NORM_RECORD = ['h', 'stats', 'dy', 'gamma', 'beta'] as const;

const recordFields = (fields: readonly string[]) =>
  fields.map((field, i) => `let ${field} = table[at + ${i}u];`).join(' ');

/**
 * [x|1]ᵀ dy of every dense layer in one dispatch: the last row is the bias'. Each tile adds its squares to
 * the global norm.
 */
export const layerGradients = productKernel('layer-gradients', {
  buffers: ['memory', 'gradients', 'table'],
  fields: ['rows', 'layers', 'numLayers', 'numTiles', 'parts'],
  place: `
  let tile = group.y * groups.x + group.x;
  if (tile >= task.numTiles) { return; }
  var at = task.layers;
  for (var i = 1u; i < task.numLayers; i++) {
    let next = task.layers + i * ${LAYER_RECORD.length}u;
    if (table[next + ${LAYER_RECORD.indexOf('firstTile')}u] <= tile) { at = next; }
  }
  ${recordFields(LAYER_RECORD)}
  let rows = inputs + 1u; let inner = task.rows; let columns = outputs;
  let tiles_across = (columns + ${TILE - 1}u) / ${TILE}u;
  let row0 = (tile - firstTile) / tiles_across * ${TILE}u;
  let column0 = (tile - firstTile) % tiles_across * ${TILE}u;`,
  left: 'select(memory[x + k * stride + min(row, inputs - 1u)], 1.0, row == inputs)',
  leftAlong: 'rows',
  right: 'memory[dy + k * outputs + column]',
  rightAlong: 'columns',
  store: `gradients[select(kernel + row * outputs, bias, row == inputs) + column] = value;
        part += value * value;`,
  partAt: 'task.parts + tile',
});

/** Tiles of a dense layer's gradient. */
export function layerTiles({ inputs, outputs }: { readonly inputs: number; readonly outputs: number }): number {
  return Math.ceil((inputs + 1) / TILE) * Math.ceil(outputs / TILE);
}

/** Columns of a workgroup, and the strips of rows into which it divides a column's sum. */
export const NORM_COLUMNS = 16;
const STRIPS = 16;

/** dγ = Σ dy n and dβ = Σ dy over the rows, of every layer norm in one dispatch. */
export const normGradients = defineKernel(
  'norm-gradients',
  { buffers: ['memory', 'gradients', 'table'], fields: ['rows', 'size', 'norms', 'parts'] },
  `${sumOfLanes(NORM_COLUMNS * STRIPS)}
var<workgroup> of_gamma: array<f32, ${NORM_COLUMNS * STRIPS}>;
var<workgroup> of_beta: array<f32, ${NORM_COLUMNS * STRIPS}>;
@compute @workgroup_size(${NORM_COLUMNS * STRIPS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let at = task.norms + group.y * ${NORM_RECORD.length}u;
  ${recordFields(NORM_RECORD)}
  let column = group.x * ${NORM_COLUMNS}u + lane % ${NORM_COLUMNS}u;
  let exists = column < task.size;
  var gamma_sum = 0.0;
  var beta_sum = 0.0;
  if (exists) {
    for (var row = lane / ${NORM_COLUMNS}u; row < task.rows; row += ${STRIPS}u) {
      let slope = memory[dy + row * task.size + column];
      let centred = memory[h + row * task.size + column] - memory[stats + 2u * row];
      gamma_sum += slope * centred * memory[stats + 2u * row + 1u];
      beta_sum += slope;
    }
  }
  of_gamma[lane] = gamma_sum;
  of_beta[lane] = beta_sum;
  for (var half = ${(NORM_COLUMNS * STRIPS) / 2}u; half >= ${NORM_COLUMNS}u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      of_gamma[lane] += of_gamma[lane + half];
      of_beta[lane] += of_beta[lane + half];
    }
  }
  var part = 0.0;
  if (lane < ${NORM_COLUMNS}u && exists) {
    gradients[gamma + column] = of_gamma[lane];
    gradients[beta + column] = of_beta[lane];
    part = of_gamma[lane] * of_gamma[lane] + of_beta[lane] * of_beta[lane];
  }
  let total = sum_of_lanes(lane, part);
  if (lane == 0u) { memory[task.parts + group.y * groups.x + group.x] = total; }
}`,
);
