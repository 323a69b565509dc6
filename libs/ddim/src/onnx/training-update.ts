import type { GraphBuilder, Value } from './graph-builder.js';
import type { ParameterGroup } from './training-layout.js';
import type { OptimiserStep } from '../training/train-backend.js';

/** Entries of the `hyper` vector, so that no schedule needs a new graph. */
export const HYPER_SIZE = 6;

/** Guards the division of the clip factor, as in PyTorch's clip_grad_norm_. */
const CLIP_EPSILON = 1e-6;

const MAX_FLOAT32 = 3.4028235e38;

/** What an optimiser keeps per parameter group. */
export const STATE_PARTS = ['parameter', 'moment1', 'moment2', 'ema'] as const;
export type StatePart = (typeof STATE_PARTS)[number];
export type StateValues = Readonly<Record<StatePart, Value>>;

/** The `hyper` vector of one update of AdamW with scaled moments, see addUpdate. */
export function writeHyper(
  step: OptimiserStep,
  betas: readonly [number, number],
  epsilon: number,
  out: Float32Array,
): void {
  const { update, learningRate, weightDecay, gradClipNorm, emaDecay } = step;
  const [beta1, beta2] = betas;
  const ofMoment1 = (1 - beta1) / (1 - beta1 ** update);
  const ofMoment2 = Math.sqrt((1 - beta2) / (1 - beta2 ** update));
  out[0] = (learningRate * ofMoment1) / ofMoment2;
  out[1] = epsilon / ofMoment2;
  out[2] = 1 - learningRate * weightDecay;
  out[3] = gradClipNorm === 0 ? MAX_FLOAT32 : gradClipNorm;
  out[4] = emaDecay;
  out[5] = 1 - emaDecay;
}

/** The scalars of an update. */
export interface UpdateScalars {
  readonly rate: Value;
  readonly epsilon: Value;
  readonly decay: Value;
  readonly clipNorm: Value;
  readonly emaDecay: Value;
  readonly emaRest: Value;
  readonly beta1: Value;
  readonly beta2: Value;
}

export function addUpdateScalars(graph: GraphBuilder, hyper: Value, betas: readonly [number, number]): UpdateScalars {
  const [rate, epsilon, decay, clipNorm, emaDecay, emaRest] = graph.ops('Split', [hyper], HYPER_SIZE, { axis: 0 });
  const [beta1, beta2] = betas.map((beta) => graph.scalar(beta));
  return { rate, epsilon, decay, clipNorm, emaDecay, emaRest, beta1, beta2 };
}

/** Global L2 norm N [1] of all gradients. */
export function addGlobalNorm(graph: GraphBuilder, gradients: readonly Value[]): Value {
  const squares = gradients.map((gradient) => {
    const flat = graph.op('Reshape', [gradient, graph.integers(-1)]);
    return graph.op('ReduceSumSquare', [flat], { axes: [0], keepdims: 1 });
  });
  return graph.op('Sqrt', [graph.op('Sum', squares)]);
}

/** min(1, gradClipNorm / (N + 1e-6)), [1]. */
export function addClipFactor(graph: GraphBuilder, norm: Value, clipNorm: Value): Value {
  return graph.op('Min', [graph.scalar(1), graph.div(clipNorm, graph.add(norm, graph.scalar(CLIP_EPSILON)))]);
}

/**
 * AdamW (arXiv:1711.05101) and the weight average for one group:
 * g := clip · gradient; M := β1 M + g; V := β2 V + g²; w := (1 - lr wd) w - rate M/(√V + epsilon); ema := d ema + (1 - d) w.
 * With m = (1 - β1) M and v = (1 - β2) V the step is lr m̂/(√v̂ + ε): both bias corrections lie in `rate` and `epsilon`.
 */
export function addUpdate(
  graph: GraphBuilder,
  group: ParameterGroup,
  state: StateValues,
  gradient: Value,
  clip: Value,
  scalars: UpdateScalars,
): StateValues {
  const g = graph.mul(gradient, clip);
  const moment1 = graph.add(graph.mul(state.moment1, scalars.beta1), g);
  const moment2 = graph.add(graph.mul(state.moment2, scalars.beta2), graph.mul(g, g));
  const direction = graph.div(moment1, graph.add(graph.op('Sqrt', [moment2]), scalars.epsilon));
  const kept = group.decayed ? graph.mul(state.parameter, scalars.decay) : state.parameter;
  const parameter = graph.sub(kept, graph.mul(direction, scalars.rate));
  const ema = graph.add(graph.mul(state.ema, scalars.emaDecay), graph.mul(parameter, scalars.emaRest));
  return { parameter, moment1, moment2, ema };
}
