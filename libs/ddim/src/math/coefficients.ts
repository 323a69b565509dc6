import { assertNever } from '../errors.js';
import { meaningOfOutput, skipScalars, type OutputForm } from './output-form.js';
import type { SamplingOptions } from './sampling-options.js';
import { FINAL_TIMESTEP } from './timesteps.js';

/**
 * The step from level ā_t (alphaBar) to level ā_p (prevAlphaBar), prevTimestep distinguishing the final level
 * from an equal one. labelAlphaBar is the level that the network gets, ā_t when sampling and ā_p when
 * encoding: ε is read from F there.
 */
export interface LevelStep {
  readonly alphaBar: number;
  readonly prevAlphaBar: number;
  readonly labelAlphaBar: number;
  readonly prevTimestep: number;
}

/** Letters of the DDIM paper: A = √ā_t, B = √(1-ā_t), P = √ā_p, k = weight of the direction. */
interface StepScalars {
  readonly A: number;
  readonly B: number;
  readonly P: number;
  readonly k: number;
  readonly sigma: number;
}

/** Places of the coefficients in a step's row, which every backend reads in this order. */
export const PLACES = { a: 0, b: 1, c: 2, d: 3, e: 4, s: 5, lo: 6, hi: 7 } as const;
export const COEFFICIENTS_PER_STEP = 8;
/** The first of them are factors, the last two are limits. */
export const NUM_FACTORS = PLACES.lo;

const LARGEST_FLOAT32 = 3.4028235e38;
/** In the denominator of Edifice's sigma². */
const EDIFICE_EPSILON = 1e-8;

/** A row that makes a backend return F itself, so that the host can finish any step. */
export const RAW_OUTPUT_ROW: readonly number[] = [0, 0, 0, 1, 0, 0, -LARGEST_FLOAT32, LARGEST_FLOAT32];

/** x' = x bit for bit: what a row runs after its last step. */
export const IDLE_ROW: readonly number[] = [0, 0, 0, 0, 1, 0, -1, 1];

/** σ of eq. 16 and k of eq. 12 (arXiv:2010.02502) with the square roots around them. */
export function stepScalars(
  alphaBar: number,
  prevAlphaBar: number,
  options: Pick<SamplingOptions, 'eta' | 'compat'>,
): StepScalars {
  const denominator = 1 - alphaBar + (options.compat === 'edifice' ? EDIFICE_EPSILON : 0);
  const variance = prevAlphaBar > alphaBar ? ((1 - prevAlphaBar) / denominator) * (1 - alphaBar / prevAlphaBar) : 0;
  const sigma = options.eta * Math.sqrt(variance);
  return {
    A: Math.sqrt(alphaBar),
    B: Math.sqrt(1 - alphaBar),
    P: Math.sqrt(prevAlphaBar),
    k: Math.sqrt(Math.max(1 - prevAlphaBar - sigma ** 2, 0)),
    sigma,
  };
}

/**
 * What multiplies z in a step: σ, σ-hat with noiseVariance 'large' (but 0 on the step to the final level), 0
 * for Edifice.
 */
export function noiseFactor(level: LevelStep, options: SamplingOptions): number {
  const { alphaBar, prevAlphaBar, prevTimestep } = level;
  if (options.compat === 'edifice') return 0;
  const { noiseVariance = 'ddim' } = options;
  switch (noiseVariance) {
    case 'ddim':
      return stepScalars(alphaBar, prevAlphaBar, options).sigma;
    case 'large':
      if (prevTimestep === FINAL_TIMESTEP || prevAlphaBar <= alphaBar) return 0;
      return Math.sqrt(1 - alphaBar / prevAlphaBar);
    default:
      return assertNever(noiseVariance);
  }
}

/**
 * One step as the affine map that every backend applies to a row's D values:
 * x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z.
 * With ε read from F before the limits, x' = P x0 + k ε + s z gives d = -k A b/B and e = k (1 - A a)/B; both
 * are written out per output form below, because that removes the divisions by A and B wherever they cancel.
 * @returns [8] = a b c d e s lo hi in float64
 */
export function stepCoefficients(form: OutputForm, level: LevelStep, options: SamplingOptions): number[] {
  const { A, B, P, k } = stepScalars(level.alphaBar, level.prevAlphaBar, options);
  const s = noiseFactor(level, options);
  const hi = options.clipSample ? options.clipSampleRange : LARGEST_FLOAT32;
  const { a, b, d, e } =
    level.labelAlphaBar === level.alphaBar
      ? outputCoefficients(form, level.alphaBar, k)
      : relabelledCoefficients(form, level, { A, B, k });
  if (options.useClippedModelOutput) return [a, b, P - (k * A) / B, 0, k / B, s, -hi, hi];
  return [a, b, P, d, e, s, -hi, hi];
}

/**
 * The coefficients when ε = α x + β F is read at the label's level, and x0 = (x - B ε)/A at the state's own.
 */
function relabelledCoefficients(
  form: OutputForm,
  level: LevelStep,
  { A, B, k }: Pick<StepScalars, 'A' | 'B' | 'k'>,
): { a: number; b: number; d: number; e: number } {
  const { d: beta, e: alpha } = outputCoefficients(form, level.labelAlphaBar, 1);
  return { a: (1 - B * alpha) / A, b: (-B * beta) / A, d: k * beta, e: k * alpha };
}

function outputCoefficients(
  form: OutputForm,
  alphaBar: number,
  k: number,
): { a: number; b: number; d: number; e: number } {
  const A = Math.sqrt(alphaBar);
  const B = Math.sqrt(1 - alphaBar);
  const meaning = meaningOfOutput(form);
  switch (meaning) {
    case 'skip': {
      const { a, b, q, g } = skipScalars(form, alphaBar);
      return { a, b, d: -k * A * g, e: (k * B) / q };
    }
    case 'epsilon':
      return { a: 1 / A, b: -B / A, d: k, e: 0 };
    case 'sample':
      return { a: 0, b: 1, d: (-k * A) / B, e: k / B };
    case 'v_prediction':
      return { a: A, b: -B, d: k * A, e: k * B };
    default:
      return assertNever(meaning);
  }
}
