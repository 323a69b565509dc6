import { assertNever } from '../errors.js';
import { meaningOfOutput, skipScalars, type OutputForm } from './output-form.js';
import type { LossWeighting, PredictionType } from '../vocabulary.js';

const MIN_SNR_GAMMA = 5;

/**
 * What F is regressed on at x_t = A x0 + B ε: ε, x0, v = A ε - B x0 (arXiv:2202.00512), or for a skip output
 * (x0 - a x_t)/b, written so that nothing is divided by B.
 * @param alphaBar ā_t
 * @param x0,eps,out [D] of one row, normalised; out is overwritten
 */
export function trainingTarget(
  form: OutputForm,
  alphaBar: number,
  x0: Float32Array,
  eps: Float32Array,
  out: Float32Array,
): void {
  const [ofX0, ofEps] = targetWeights(form, alphaBar);
  for (let i = 0; i < out.length; i++) out[i] = ofX0 * x0[i] + ofEps * eps[i];
}

/** The target is linear in x0 and ε for every form: its two factors, [of x0, of ε]. */
export function targetWeights(form: OutputForm, alphaBar: number): readonly [number, number] {
  const A = Math.sqrt(alphaBar);
  const B = Math.sqrt(1 - alphaBar);
  const meaning = meaningOfOutput(form);
  switch (meaning) {
    case 'skip': {
      const { a, q, g } = skipScalars(form, alphaBar);
      return [B / (q * g), -a / g]; // 1 - A a = B²/q, and b = B g
    }
    case 'epsilon':
      return [0, 1];
    case 'sample':
      return [1, 0];
    case 'v_prediction':
      return [-B, A];
    default:
      return assertNever(meaning);
  }
}

type LossWeight = (predictionType: PredictionType, alphaBar: number) => number;

/** The weight of a row's loss, at ā_t = alphaBar; undefined: all count alike. */
export const LOSS_WEIGHTS = {
  none: undefined,
  min_snr: minSnrWeight,
} as const satisfies Readonly<Record<LossWeighting, LossWeight | undefined>>;

/**
 * Weight of a row's loss, min-SNR with γ = 5 (arXiv:2303.09556); alphaBar = ā_t in (0, 1). Not for skip
 * outputs.
 */
function minSnrWeight(predictionType: PredictionType, alphaBar: number): number {
  const snr = alphaBar / (1 - alphaBar);
  const limited = Math.min(snr, MIN_SNR_GAMMA);
  switch (predictionType) {
    case 'epsilon':
      return snr === 0 ? 1 : limited / snr;
    case 'sample':
      return limited;
    case 'v_prediction':
      return limited / (snr + 1);
    default:
      return assertNever(predictionType);
  }
}
