/**
 * Classifier-free guidance (arXiv:2207.12598): F_null + w (F - F_null); then, with rescale r > 0, r times
 * that scaled to the row's std(F), plus (1 - r) times that (arXiv:2305.08891, section 3.4).
 * @param F,nullF,out [D] of one row, with and without the condition; out is overwritten and returned, and may
 * be F
 */
export function combineGuidance(
  F: Float32Array,
  nullF: Float32Array,
  options: { readonly guidanceScale: number; readonly guidanceRescale: number },
  out: Float32Array,
): Float32Array {
  const { guidanceScale: w, guidanceRescale: r } = options;
  const wanted = r > 0 ? standardDeviation(F) : 0;
  for (let i = 0; i < F.length; i++) out[i] = nullF[i] + w * (F[i] - nullF[i]);
  if (r === 0) return out;
  const found = standardDeviation(out);
  if (found === 0) return out;
  const factor = r * (wanted / found) + (1 - r);
  for (let i = 0; i < F.length; i++) out[i] *= factor;
  return out;
}

function standardDeviation(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}
