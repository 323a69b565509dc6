import { BATCH_WORDS } from './batch-words.js';
import { defineKernel, sumOfLanes } from './kernel.js';

/** Lanes of inputForward's workgroups. */
export const INPUT_LANES = 64;

/**
 * What the first layer reads, but for the observation's embedding: x_t = √ā x0 + √(1-ā) ε [B,D], then the
 * time embedding [B,H]; rows `stride` apart.
 */
export const inputForward = defineKernel(
  'input-forward',
  {
    buffers: ['memory', 'times'],
    fields: ['rows', 'outputSize', 'hiddenSize', 'perRow', 'actions', 'noise', 'out', 'stride'],
  },
  `${BATCH_WORDS}
@compute @workgroup_size(${INPUT_LANES})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let column = id.x;
  if (column >= task.outputSize + task.hiddenSize) { return; }
  for (var row = id.y; row < task.rows; row += groups.y) {
    let of_row = task.perRow + row * ROW_SIZE;
    var value: f32;
    if (column < task.outputSize) {
      let at = row * task.outputSize + column;
      value = memory[of_row + LEVEL] * memory[task.actions + at]
            + memory[of_row + NOISE_LEVEL] * memory[task.noise + at];
    } else {
      value = times[u32(memory[of_row + TIMESTEP]) * task.hiddenSize + column - task.outputSize];
    }
    memory[task.out + row * task.stride + column] = value;
  }
}`,
);

const SUM_LANES = 256;

/** Guards the division of the clip factor, as in PyTorch's clip_grad_norm_. */
const CLIP_EPSILON = 1e-6;

/**
 * Adds up the tiles' parts of loss and norm. What is not finite shows in the bits of the exponent: WGSL may
 * take it for granted that a number is finite.
 */
export const finishPass = defineKernel(
  'finish-pass',
  { buffers: ['memory'], fields: ['lossParts', 'numLossParts', 'normParts', 'numNormParts'] },
  `${BATCH_WORDS}
${sumOfLanes(SUM_LANES)}
fn is_finite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }
@compute @workgroup_size(${SUM_LANES})
fn main(@builtin(local_invocation_index) lane: u32) {
  var loss_sum = 0.0;
  for (var i = lane; i < task.numLossParts; i += ${SUM_LANES}u) { loss_sum += memory[task.lossParts + i]; }
  let loss = 0.5 * sum_of_lanes(lane, loss_sum);
  var norm_sum = 0.0;
  for (var i = lane; i < task.numNormParts; i += ${SUM_LANES}u) { norm_sum += memory[task.normParts + i]; }
  let squares = sum_of_lanes(lane, norm_sum);
  if (lane != 0u) { return; }
  let norm = sqrt(squares);
  var clip = 1.0;
  if (memory[CLIP_NORM] != 0.0) { clip = min(1.0, memory[CLIP_NORM] / (norm + ${CLIP_EPSILON})); }
  memory[LOSS] = loss;
  memory[GRAD_NORM] = select(squares, norm, is_finite(squares));
  memory[CLIP] = clip;
  memory[APPLIED] = select(0.0, 1.0, is_finite(loss) && is_finite(squares));
}`,
);
