import type { StepPlan } from './step-plan.js';

/**
 * One step as a backend does it: x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z, each operation in float32.
 * x, F, z, out: [D] of one row; z is null when its coefficient is 0; out may be x.
 */
export function applyStep(
  plan: StepPlan,
  step: number,
  x: Float32Array,
  F: Float32Array,
  z: Float32Array | null,
  out: Float32Array,
): void {
  throw new Error(`unfinished: ${plan.kind} ${step} ${x.length} ${F.length} ${z?.length} ${out.length}`);
}

/** One step in the direct form, for every option; nullF [D] = output without the condition, null when unguided. out may be x. */
export function finishStep(
  plan: StepPlan,
  step: number,
  x: Float32Array,
  F: Float32Array,
  nullF: Float32Array | null,
  z: Float32Array | null,
  out: Float32Array,
): void {
  throw new Error(
    `unfinished: ${plan.kind} ${step} ${x.length} ${F.length} ${nullF?.length} ${z?.length} ${out.length}`,
  );
}

/** The limited x0 that finishStep uses (previews of raw plans); out [D] is overwritten. */
export function predictX0(
  plan: StepPlan,
  step: number,
  x: Float32Array,
  F: Float32Array,
  nullF: Float32Array | null,
  out: Float32Array,
): void {
  throw new Error(`unfinished: ${plan.kind} ${step} ${x.length} ${F.length} ${nullF?.length} ${out.length}`);
}
