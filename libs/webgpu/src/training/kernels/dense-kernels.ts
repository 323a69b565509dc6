import { BATCH_WORDS } from './batch-words.js';
import { SILU } from './kernel.js';
import { productKernel, WHOLE_DISPATCH } from './product-kernel.js';

/** y = x W + b: x [B,inner] at `x` with rows `stride` apart, W [inner,columns]. */
const FORWARD = {
  buffers: ['memory', 'weights'],
  place: WHOLE_DISPATCH,
  left: 'memory[task.x + row * task.stride + k]',
  leftAlong: 'depth',
  right: 'weights[task.kernel + k * columns + column]',
  rightAlong: 'columns',
} as const;
const FORWARD_FIELDS = ['rows', 'inner', 'columns', 'x', 'stride', 'kernel', 'bias'] as const;
const SUM = 'let v = value + weights[task.bias + column];';

/** o = keep (observations W + b), into rows `outStride` apart. */
export const embedForward = productKernel('embed-forward', {
  ...FORWARD,
  fields: [...FORWARD_FIELDS, 'out', 'outStride', 'perRow'],
  functions: BATCH_WORDS,
  store: `${SUM}
        memory[task.out + row * task.outStride + column] = v * memory[task.perRow + row * ROW_SIZE + KEEP];`,
});

/** v = x W + b, which the way back needs, and SiLU(v). */
export const siluForward = productKernel('silu-forward', {
  ...FORWARD,
  fields: [...FORWARD_FIELDS, 'sum', 'out'],
  functions: SILU,
  store: `${SUM}
        let at = row * columns + column;
        memory[task.sum + at] = v;
        memory[task.out + at] = silu(v);`,
});

/** h + (x W + b). */
export const residualForward = productKernel('residual-forward', {
  ...FORWARD,
  fields: [...FORWARD_FIELDS, 'h', 'out'],
  store: `${SUM}
        let at = row * columns + column;
        memory[task.out + at] = memory[task.h + at] + v;`,
});

/**
 * F = x W + b, and of it the loss: dF = scale w (F - target) with scale = 2/(elements that count), and a
 * tile's part of the sum of (F - target) dF, which is twice the loss.
 */
export const lossForward = productKernel('loss-forward', {
  ...FORWARD,
  fields: [...FORWARD_FIELDS, 'perRow', 'actions', 'noise', 'mask', 'out', 'parts'],
  functions: BATCH_WORDS,
  store: `${SUM}
        let at = row * columns + column;
        let of_row = task.perRow + row * ROW_SIZE;
        let wanted = memory[of_row + TARGET_X0] * memory[task.actions + at]
                   + memory[of_row + TARGET_NOISE] * memory[task.noise + at];
        var weighted = (v - wanted) * memory[of_row + LOSS_WEIGHT];
        if (memory[MASKED] != 0.0) { weighted *= memory[task.mask + at]; }
        let slope = weighted * memory[GRADIENT_SCALE];
        memory[task.out + at] = slope;
        part += (v - wanted) * slope;`,
  partAt: 'task.parts + tile',
});

/** dx = dy Wᵀ: dy [B,inner], W [columns,inner]. */
const BACKWARD = {
  buffers: ['memory', 'weights'],
  place: WHOLE_DISPATCH,
  left: 'memory[task.dy + row * inner + k]',
  leftAlong: 'depth',
  right: 'weights[task.kernel + column * inner + k]',
  rightAlong: 'depth',
} as const;
const BACKWARD_FIELDS = ['rows', 'inner', 'columns', 'dy', 'kernel', 'out'] as const;

export const plainBackward = productKernel('plain-backward', {
  ...BACKWARD,
  fields: BACKWARD_FIELDS,
  store: 'memory[task.out + row * columns + column] = value;',
});

/** The gradient of v, where x = SiLU(v). */
export const siluBackward = productKernel('silu-backward', {
  ...BACKWARD,
  fields: [...BACKWARD_FIELDS, 'sum'],
  functions: SILU,
  store: `let at = row * columns + column;
        memory[task.out + at] = value * silu_slope(memory[task.sum + at]);`,
});

/** The gradient of what `keep` multiplied. */
export const embedBackward = productKernel('embed-backward', {
  ...BACKWARD,
  fields: [...BACKWARD_FIELDS, 'perRow'],
  functions: BATCH_WORDS,
  store: `memory[task.out + row * columns + column] = value * memory[task.perRow + row * ROW_SIZE + KEEP];`,
});
