import { COEFFICIENTS_PER_STEP, stepScalars } from './coefficients.js';
import { combineGuidance } from './guidance.js';
import { readOutput, type OutputReading } from './output-form.js';
import type { StepPlan } from './step-plan.js';

/**
 * One step as a backend does it: x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z, each
 * operation rounded to float32. For plans of kind 'fused'.
 * @param x,F,z,out [D] of one row; z is null when its coefficient is 0; out may be x
 */
export function applyStep(
  plan: StepPlan,
  step: number,
  x: Float32Array,
  F: Float32Array,
  z: Float32Array | null,
  out: Float32Array,
): void {
  const { fround, max, min } = Math;
  const row = step * COEFFICIENTS_PER_STEP;
  const [a, b, c, d, e, s, lo, hi] = plan.coefficients.subarray(row, row + COEFFICIENTS_PER_STEP);
  const noise = s === 0 ? null : requireNoise(z, step);
  for (let i = 0; i < x.length; i++) {
    const x0 = min(max(fround(fround(a * x[i]) + fround(b * F[i])), lo), hi);
    const mean = fround(fround(fround(c * x0) + fround(d * F[i])) + fround(e * x[i]));
    out[i] = mean + (noise === null ? 0 : fround(s * noise[i]));
  }
}

/**
 * One step in the direct form x' = P x0 + k ε + s z (arXiv:2010.02502, eq. 12), in float64, for plans of
 * every kind.
 * @param x,F,out [D] of one row; out may be x
 * @param nullF [D] output under the null condition, or null when the plan is unguided
 * @param z [D], or null when the plan's noise factor is 0 in this step
 */
export function finishStep(
  plan: StepPlan,
  step: number,
  x: Float32Array,
  F: Float32Array,
  nullF: Float32Array | null,
  z: Float32Array | null,
  out: Float32Array,
): void {
  const alphaBar = plan.levels[2 * step];
  const { A, B, P, k } = stepScalars(alphaBar, plan.levels[2 * step + 1], plan.options);
  const s = plan.noiseFactors[step];
  const output = nullF === null ? F : combineGuidance(F, nullF, plan.options, new Float32Array(F.length));
  const x0 = limitedX0(plan, step, x, output);
  const reading = readStep(plan, step);
  const noise = s === 0 ? null : requireNoise(z, step);
  for (let i = 0; i < x.length; i++) {
    const eps = plan.options.useClippedModelOutput ? (x[i] - A * x0[i]) / B : reading.eps(x[i], output[i]);
    out[i] = P * x0[i] + k * eps + (noise === null ? 0 : s * noise[i]);
  }
}

/**
 * Writes the limited x0 that finishStep goes by: the preview of a step. Arguments as in finishStep; out [D]
 * may be x.
 */
export function predictX0(
  plan: StepPlan,
  step: number,
  x: Float32Array,
  F: Float32Array,
  nullF: Float32Array | null,
  out: Float32Array,
): void {
  const output = nullF === null ? F : combineGuidance(F, nullF, plan.options, new Float32Array(F.length));
  out.set(limitedX0(plan, step, x, output));
}

/**
 * An encode reads ε at the level of the label, which is where the step goes to, and x0 from it at the state's
 * own level.
 */
function readStep(plan: StepPlan, step: number): OutputReading {
  const [alphaBar, prevAlphaBar] = plan.levels.subarray(2 * step, 2 * step + 2);
  if (plan.direction === 'sample') return readOutput(plan.form, alphaBar);
  const { eps } = readOutput(plan.form, prevAlphaBar);
  return { eps, x0: (x, F) => (x - Math.sqrt(1 - alphaBar) * eps(x, F)) / Math.sqrt(alphaBar) };
}

function limitedX0(plan: StepPlan, step: number, x: Float32Array, F: Float32Array): Float64Array {
  const { thresholding, clipSample, clipSampleRange } = plan.options;
  const reading = readStep(plan, step);
  const x0 = Float64Array.from(x, (value, i) => reading.x0(value, F[i]));
  if (thresholding) {
    const s = Math.min(Math.max(absoluteQuantile(x0, thresholding.ratio), 1), thresholding.maxValue);
    return x0.map((value) => clamp(value, s) / s);
  }
  return clipSample ? x0.map((value) => clamp(value, clipSampleRange)) : x0;
}

/** Quantile of |values| with linear interpolation (dynamic thresholding, arXiv:2205.11487). */
function absoluteQuantile(values: Float64Array, ratio: number): number {
  const sorted = values.map(Math.abs).sort();
  const position = ratio * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

function clamp(value: number, range: number): number {
  return Math.min(Math.max(value, -range), range);
}

function requireNoise(z: Float32Array | null, step: number): Float32Array {
  if (z === null) throw new TypeError(`step ${step} adds noise, but z is null`);
  return z;
}
