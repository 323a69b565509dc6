import type { OutputForm, PredictionType } from './step-plan.js';

/** What F is regressed on; one row, alphaBar = ā_t; out [D] is overwritten. */
export function trainingTarget(
  form: OutputForm,
  alphaBar: number,
  x0: Float32Array,
  eps: Float32Array,
  out: Float32Array,
): void {
  throw new Error(`unfinished: ${form.predictionType} ${alphaBar} ${x0.length} ${eps.length} ${out.length}`);
}

/** Weight of a row's loss, min-SNR with γ = 5 (arXiv:2303.09556); not for skip outputs. */
export function minSnrWeight(predictionType: PredictionType, alphaBar: number): number {
  throw new Error(`unfinished: ${predictionType} ${alphaBar}`);
}
