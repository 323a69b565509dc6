import { COEFFICIENTS_PER_STEP } from '#ddim';
import type { GraphBuilder, Value } from '../graph/graph-builder.js';

/** x, F [N,D]; coefficients [N,8] or [1,8] = a b c d e s lo hi. */
interface StepValues {
  readonly x: Value;
  readonly F: Value;
  /** s·z [N,D] of the coefficient s, or what is the same; absent where no row draws noise. */
  readonly noise?: ((s: Value) => Value) | undefined;
  readonly coefficients: Value;
  /** Limits x0 instead of lo and hi. */
  readonly limit?: (x0: Value) => Value;
}

/**
 * One step, elementwise, left to right: x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z.
 */
export function addStep(graph: GraphBuilder, values: StepValues): { readonly xNext: Value; readonly x0: Value } {
  const { x, F, noise, coefficients, limit } = values;
  const [a, b, c, d, e, s, lo, hi] = graph.ops('Split', [coefficients], COEFFICIENTS_PER_STEP, { axis: -1 });
  const predicted = graph.add(graph.mul(x, a), graph.mul(F, b));
  const x0 = limit ? limit(predicted) : graph.op('Min', [graph.op('Max', [predicted, lo]), hi]);
  const direction = graph.add(graph.add(graph.mul(x0, c), graph.mul(F, d)), graph.mul(x, e));
  // s·z comes last: with z = +0 the sum is never -0, so that an idle step returns x bit for bit.
  return { xNext: noise ? graph.add(direction, noise(s)) : direction, x0 };
}
