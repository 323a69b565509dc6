import type { OptimiserStep } from '#training';
import { KernelBuilder, type WasmMemory, f32x4, v128 } from '#ddim';

/** Guards the division of the clip factor, as in PyTorch's clip_grad_norm_. */
const CLIP_EPSILON = 1e-6;

const VECTOR_BYTES = 16;

/** What an optimiser keeps per parameter group. */
export const STATE_PARTS = ['parameter', 'moment1', 'moment2', 'ema'] as const;
export type StatePart = (typeof STATE_PARTS)[number];

/** Byte addresses of the first number of every part of the state and of the gradient; multiples of 16. */
type UpdateAddresses = Readonly<Record<StatePart | 'gradient', number>>;

/** Hyperparameters that a training run never changes. */
export interface AdamSettings {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
}

/** The scalars of one update. */
interface UpdateScalars {
  readonly rate: number;
  readonly epsilon: number;
  /** Of a kernel; vectors do not decay. */
  readonly decay: number;
  /** min(1, gradClipNorm / (N + 1e-6)). */
  readonly clip: number;
  readonly emaDecay: number;
}

/** @param gradNorm N, the global norm of the gradient */
export function updateScalars(step: OptimiserStep, gradNorm: number, { betas, epsilon }: AdamSettings): UpdateScalars {
  const { update, learningRate, weightDecay, gradClipNorm, emaDecay } = step;
  const [beta1, beta2] = betas;
  const ofMoment1 = (1 - beta1) / (1 - beta1 ** update);
  const ofMoment2 = Math.sqrt((1 - beta2) / (1 - beta2 ** update));
  return {
    rate: (learningRate * ofMoment1) / ofMoment2,
    epsilon: epsilon / ofMoment2,
    decay: 1 - learningRate * weightDecay,
    clip: gradClipNorm === 0 ? 1 : Math.min(1, gradClipNorm / (gradNorm + CLIP_EPSILON)),
    emaDecay,
  };
}

/**
 * Updates numbers `from`..`end` - 1 of every part in place; both are multiples of 4 and `end` is above
 * `from`.
 */
export type UpdateKernel = (from: number, end: number, scalars: UpdateScalars) => void;

/**
 * AdamW (arXiv:1711.05101) and the weight average in one pass over the memory, in float32:
 * g := clip · gradient; M := β1 M + g; V := β2 V + g²; w := (1 - lr wd) w - rate M/(√V + epsilon); ema := d
 * ema + (1 - d) w. With m = (1 - β1) M and v = (1 - β2) V the step is lr m̂/(√v̂ + ε): both bias corrections
 * lie in `rate` and `epsilon`.
 */
export function compileUpdate(
  memory: WasmMemory,
  addresses: UpdateAddresses,
  betas: readonly [number, number],
): UpdateKernel {
  const kernel = new KernelBuilder(['i32', 'i32', ...Array.from({ length: 8 }, () => 'f32' as const)]);
  const [from, end, ...scalars] = kernel.parameters;
  const splats = scalars.map(({ value }) => kernel.variable('v128', f32x4.splat(value)).value);
  const [rate, epsilon, decay, clip, emaDecay, emaRest, beta1, beta2] = splats;
  const load = (part: keyof UpdateAddresses) => v128.load(from.value, addresses[part]);
  const store = (part: StatePart, value: readonly number[]) => {
    const next = kernel.variable('v128', value).value;
    kernel.store(from.value, addresses[part], next);
    return next;
  };
  kernel.forEach(from, end, VECTOR_BYTES, () => {
    const g = kernel.variable('v128', f32x4.mul(load('gradient'), clip)).value;
    const M = store('moment1', f32x4.add(f32x4.mul(load('moment1'), beta1), g));
    const V = store('moment2', f32x4.add(f32x4.mul(load('moment2'), beta2), f32x4.mul(g, g)));
    const change = f32x4.mul(f32x4.div(M, f32x4.add(f32x4.sqrt(V), epsilon)), rate);
    const w = store('parameter', f32x4.sub(f32x4.mul(load('parameter'), decay), change));
    store('ema', f32x4.add(f32x4.mul(load('ema'), emaDecay), f32x4.mul(w, emaRest)));
  });
  const run = kernel.compile(memory);
  return (first, last, s) =>
    run(4 * first, 4 * last, s.rate, s.epsilon, s.decay, s.clip, s.emaDecay, 1 - s.emaDecay, ...betas);
}
