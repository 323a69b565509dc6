import { COEFFICIENTS_PER_STEP, PLACES } from '#ddim';
import type { MacroStep } from '#engine';

/**
 * Step k of a macro-step after the network has run: float32, left to right, unfused, as the macro-step graph
 * does it: x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z, then the chunks, then the fixed
 * actions.
 * @param networkF [R,D]; `x` of the macro-step, and `x0` if it has one, are overwritten
 */
export function applyMacroStep(macroStep: MacroStep, k: number, networkF: Float32Array): void {
  const { numRows: B, x, guidance } = macroStep;
  const D = x.length / B;
  const F = guidance ? guidedF(guidance, networkF, D) : networkF;
  for (let b = 0; b < B; b++) stepRow(macroStep, k, b, F);
  if (macroStep.fixedActions) for (let b = 0; b < B; b++) fixRow(macroStep, macroStep.fixedActions, k, b);
}

/** F = F_null + (F_cond - F_null) w, exact for rows whose indices agree; [B,D]. */
function guidedF(
  { condIndex, nullIndex, scale }: NonNullable<MacroStep['guidance']>,
  networkF: Float32Array,
  D: number,
): Float32Array {
  const { fround } = Math;
  const F = new Float32Array(condIndex.length * D);
  for (let b = 0; b < condIndex.length; b++) {
    const w = scale[b];
    const cond = condIndex[b] * D;
    const none = nullIndex[b] * D;
    for (let i = 0; i < D; i++) {
      const nullF = networkF[none + i];
      F[b * D + i] = nullF + fround(fround(networkF[cond + i] - nullF) * w);
    }
  }
  return F;
}

function stepRow(
  { numRows: B, x, x0, stepsPerCall, coefficients, noise, realTimeChunking: chunk }: MacroStep,
  k: number,
  b: number,
  F: Float32Array,
): void {
  const { fround, max, min } = Math;
  const D = x.length / B;
  const c0 = (k * B + b) * COEFFICIENTS_PER_STEP;
  const a = coefficients[c0 + PLACES.a];
  const bF = coefficients[c0 + PLACES.b];
  const c = coefficients[c0 + PLACES.c];
  const d = coefficients[c0 + PLACES.d];
  const e = coefficients[c0 + PLACES.e];
  const s = coefficients[c0 + PLACES.s];
  const lo = coefficients[c0 + PLACES.lo];
  const hi = coefficients[c0 + PLACES.hi];
  const M = noise.z.length / (stepsPerCall * D);
  const zAt = (k * M + noise.index[b]) * D;
  const chunkAt = chunk ? chunk.index[b] * D : 0;
  for (let i = 0, at = b * D; i < D; i++, at++) {
    const f = F[at];
    const state = x[at];
    const clean = min(max(fround(fround(a * state) + fround(bF * f)), lo), hi);
    const next = fround(fround(fround(c * clean) + fround(d * f)) + fround(e * state));
    if (x0) x0[at] = clean;
    const stepped = fround(next + fround(s * noise.z[zAt + i]));
    x[at] = chunk ? stepped + pullOf(chunk, chunkAt + i, clean, chunk.pull[k * B + b]) : stepped;
  }
}

/** ((y - x0)·w)·p. */
function pullOf(
  { weights, y }: NonNullable<MacroStep['realTimeChunking']>,
  at: number,
  x0: number,
  pull: number,
): number {
  const { fround } = Math;
  return fround(fround(fround(y[at] - x0) * weights[at]) * pull);
}

/** x'·keep + √ā·y + √(1-ā)·z0, at the level that the step has reached. */
function fixRow(
  { numRows: B, x }: MacroStep,
  { keep, y, z0, index, levels }: NonNullable<MacroStep['fixedActions']>,
  k: number,
  b: number,
): void {
  const { fround } = Math;
  const D = x.length / B;
  const known = index[b] * D;
  const signal = levels[(k * B + b) * 2];
  const noise = levels[(k * B + b) * 2 + 1];
  for (let i = 0, at = b * D; i < D; i++, at++)
    x[at] = fround(fround(x[at] * keep[known + i]) + fround(y[known + i] * signal)) + fround(z0[known + i] * noise);
}
