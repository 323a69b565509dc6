import { defineKernel, SILU, sumOfLanes } from './kernel.js';

/** Lanes that share a row. */
const LANES = 64;
/** LayerNorm epsilon of the network (the golden values of Edifice pin it). */
const NORM_EPSILON = 1e-5;
const PARAMETERS = `@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32`;

/** n γ + β, n = (h - mean) r, r = 1/√(variance + ε); mean and r of every row are kept, [B,2]. */
export const normForward = defineKernel(
  'norm-forward',
  { buffers: ['memory', 'weights'], fields: ['rows', 'size', 'h', 'gamma', 'beta', 'out', 'stats'] },
  `${sumOfLanes(LANES)}
@compute @workgroup_size(${LANES})
fn main(${PARAMETERS}) {
  for (var row = group.x; row < task.rows; row += groups.x) {
    let start = row * task.size;
    var sum = 0.0;
    for (var i = lane; i < task.size; i += ${LANES}u) { sum += memory[task.h + start + i]; }
    let mean = sum_of_lanes(lane, sum) / f32(task.size);
    var squares = 0.0;
    for (var i = lane; i < task.size; i += ${LANES}u) {
      let centred = memory[task.h + start + i] - mean;
      squares += centred * centred;
    }
    let r = 1.0 / sqrt(sum_of_lanes(lane, squares) / f32(task.size) + ${NORM_EPSILON});
    for (var i = lane; i < task.size; i += ${LANES}u) {
      let n = (memory[task.h + start + i] - mean) * r;
      memory[task.out + start + i] = n * weights[task.gamma + i] + weights[task.beta + i];
    }
    if (lane == 0u) {
      memory[task.stats + 2u * row] = mean;
      memory[task.stats + 2u * row + 1u] = r;
    }
  }
}`,
);

/**
 * dh of a block's input from that of its output and dy of the norm's: r (dn - mean(dn) - n mean(dn n)) is
 * added, dn = dy γ. With `gated` it becomes the gradient of `sum`, where h = SiLU(sum).
 */
export const normBackward = defineKernel(
  'norm-backward',
  {
    buffers: ['memory', 'weights'],
    fields: ['rows', 'size', 'h', 'gamma', 'stats', 'dy', 'dh', 'gated', 'sum', 'out'],
  },
  `${SILU}
${sumOfLanes(LANES)}
@compute @workgroup_size(${LANES})
fn main(${PARAMETERS}) {
  for (var row = group.x; row < task.rows; row += groups.x) {
    let start = row * task.size;
    let mean = memory[task.stats + 2u * row];
    let r = memory[task.stats + 2u * row + 1u];
    var sum = 0.0;
    var product = 0.0;
    for (var i = lane; i < task.size; i += ${LANES}u) {
      let dn = memory[task.dy + start + i] * weights[task.gamma + i];
      sum += dn;
      product += dn * (memory[task.h + start + i] - mean) * r;
    }
    let mean_dn = sum_of_lanes(lane, sum) / f32(task.size);
    let mean_product = sum_of_lanes(lane, product) / f32(task.size);
    for (var i = lane; i < task.size; i += ${LANES}u) {
      let dn = memory[task.dy + start + i] * weights[task.gamma + i];
      let n = (memory[task.h + start + i] - mean) * r;
      var dh = memory[task.dh + start + i] + r * (dn - mean_dn - n * mean_product);
      if (task.gated != 0u) { dh *= silu_slope(memory[task.sum + start + i]); }
      memory[task.out + start + i] = dh;
    }
  }
}`,
);
