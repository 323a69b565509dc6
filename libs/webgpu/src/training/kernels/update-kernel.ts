import { BATCH_WORDS } from './batch-words.js';
import { defineKernel } from './kernel.js';

const LANES = 256;
const MAX_WORKGROUPS = 65_535;

/** The parts of a training state, in the order in which they lie in its buffer. */
export const STATE_ORDER = ['ema', 'parameters', 'firstMoments', 'secondMoments'] as const;

/**
 * AdamW (arXiv:1711.05101) and the weight average in one pass, unless loss or norm is not finite: g := clip
 * gradient; M := β1 M + g; V := β2 V + g²; w := decay w - rate M/(√V + epsilon); ema := d ema + (1 - d) w.
 * Both bias corrections lie in rate and epsilon. Kernels come first in every part, and only they decay.
 */
export const updateKernel = defineKernel(
  'update',
  { buffers: ['memory', 'gradients', 'state'], fields: ['size', 'numDecayed', 'partSize'] },
  `${BATCH_WORDS}
@compute @workgroup_size(${LANES})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (memory[APPLIED] == 0.0) { return; }
  for (var i = id.x; i < task.size; i += groups.x * ${LANES}u) {
    let ema = i;
    let parameter = task.partSize + i;
    let moment1 = 2u * task.partSize + i;
    let moment2 = 3u * task.partSize + i;
    let g = gradients[i] * memory[CLIP];
    let M = state[moment1] * memory[BETA1] + g;
    let V = state[moment2] * memory[BETA2] + g * g;
    let decay = select(1.0, memory[KERNEL_DECAY], i < task.numDecayed);
    let w = state[parameter] * decay - M / (sqrt(V) + memory[EPSILON]) * memory[RATE];
    state[moment1] = M;
    state[moment2] = V;
    state[parameter] = w;
    state[ema] = state[ema] * memory[EMA_DECAY] + w * memory[EMA_REST];
  }
}`,
);

/** Workgroups of an update of `size` numbers. */
export function updateGrid(size: number): readonly [x: number, y: number] {
  return [Math.min(Math.ceil(size / LANES), MAX_WORKGROUPS), 1];
}
