import type { Predict } from '#ddim';
import type { ProbeRow } from './self-test-rows.js';

/**
 * What all steps of a row make of it, one after the other: x0 = clip(a x + b F), x' = c x0 + d F + e x + s z,
 * then the pull towards its chunk, then its fixed actions.
 * @param predict F of the network that is right
 * @returns x after the last step, [D]
 */
export function referenceRow(predict: Predict, row: ProbeRow): Float32Array {
  let x = row.x;
  for (const { timestep, coefficients, z, levels, pull = 0 } of row.steps) {
    const [a, b, c, d, e, s, lo, hi] = coefficients;
    const F = predict(x, timestep, row.condition);
    const nullF = row.guidance ? predict(x, timestep, row.guidance.nullCondition) : F;
    x = x.map((value, j) => {
      const output = nullF[j] + (row.guidance?.scale ?? 1) * (F[j] - nullF[j]);
      const x0 = Math.min(Math.max(a * value + b * output, lo), hi);
      const stepped = c * x0 + d * output + e * value + s * (z ? z[j] : 0);
      const next = row.chunk ? stepped + pull * row.chunk.weights[j] * (row.chunk.y[j] - x0) : stepped;
      if (!row.fixed) return next;
      return next * row.fixed.keep[j] + levels[0] * row.fixed.y[j] + levels[1] * row.fixed.z0[j];
    });
  }
  return x;
}
