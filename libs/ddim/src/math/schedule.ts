import { check, checkInteger, checkWithin, checkWord } from '../checks.js';
import { BETA_SCHEDULES, RANGES, type BetaSchedule } from '../vocabulary.js';

/** betaStart, betaEnd, trainedBetas [T]: variances in (0, 1). `trainedBetas` replaces the formula. */
export interface NoiseScheduleConfig {
  readonly numTrainTimesteps: number;
  readonly betaSchedule: BetaSchedule;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly trainedBetas?: readonly number[];
  readonly rescaleBetasZeroSnr: boolean;
  readonly setAlphaToOne: boolean;
}

/** betas, alphasCumprod: [T]; finalAlphaCumprod: level of prevTimestep -1. */
export interface NoiseSchedule {
  readonly config: NoiseScheduleConfig;
  readonly betas: Float64Array;
  readonly alphasCumprod: Float64Array;
  readonly finalAlphaCumprod: number;
}

/** β_t, t = i of T. */
type BetaFormula = (
  i: number,
  config: Pick<NoiseScheduleConfig, 'numTrainTimesteps' | 'betaStart' | 'betaEnd'>,
) => number;

/**
 * The formula of each form, and whether it goes from betaStart to betaEnd, which mean nothing to the others.
 */
const FORMULAS: Readonly<Record<BetaSchedule, { readonly hasEnds: boolean; readonly beta: BetaFormula }>> = {
  linear: {
    hasEnds: true,
    beta: (i, { numTrainTimesteps: T, betaStart: b0, betaEnd: b1 }) => b0 + ((b1 - b0) * i) / (T - 1),
  },
  scaled_linear: {
    hasEnds: true,
    beta: (i, { numTrainTimesteps: T, betaStart: b0, betaEnd: b1 }) =>
      (Math.sqrt(b0) + ((Math.sqrt(b1) - Math.sqrt(b0)) * i) / (T - 1)) ** 2,
  },
  squaredcos_cap_v2: {
    hasEnds: false,
    beta: (i, { numTrainTimesteps: T }) => Math.min(1 - squaredCosine((i + 1) / T) / squaredCosine(i / T), 0.999),
  },
};

/**
 * The table of β_t and ā_t = Π (1 - β_s), s <= t (the DDIM paper writes α for ā), in float64.
 * @throws InputError `validation_failed` naming the field that is out of range
 */
export function makeNoiseSchedule(config: NoiseScheduleConfig): NoiseSchedule {
  checkInteger(
    'numTrainTimesteps',
    config.numTrainTimesteps,
    RANGES.numTrainTimesteps.min,
    RANGES.numTrainTimesteps.max,
  );
  let betas = config.trainedBetas ? checkedBetas(config.trainedBetas, config.numTrainTimesteps) : makeBetas(config);
  let alphasCumprod = cumulativeProduct(betas);
  check(alphasCumprod[0] < 1, 'betas', betas[0], 'large enough that 1 - beta differs from 1');
  if (config.rescaleBetasZeroSnr) {
    alphasCumprod = rescaleToZeroSnr(alphasCumprod);
    betas = alphasCumprod.map((alphaBar, t) => 1 - (t === 0 ? alphaBar : alphaBar / alphasCumprod[t - 1]));
  }
  return { config, betas, alphasCumprod, finalAlphaCumprod: config.setAlphaToOne ? 1 : alphasCumprod[0] };
}

/** Whether betaStart and betaEnd mean anything to the betas. */
export function usesBetaEnds({
  betaSchedule,
  trainedBetas,
}: Pick<NoiseScheduleConfig, 'betaSchedule' | 'trainedBetas'>): boolean {
  return trainedBetas === undefined && FORMULAS[betaSchedule].hasEnds;
}

function checkedBetas(betas: readonly number[], T: number): Float64Array {
  check(betas.length === T, 'trainedBetas', `${betas.length} numbers`, `numTrainTimesteps = ${T} numbers`);
  for (const [t, beta] of betas.entries()) checkWithin(`trainedBetas[${t}]`, beta, RANGES.beta);
  return Float64Array.from(betas);
}

function makeBetas(config: NoiseScheduleConfig): Float64Array {
  const { numTrainTimesteps, betaSchedule, betaStart, betaEnd } = config;
  checkWord('betaSchedule', betaSchedule, BETA_SCHEDULES);
  const { hasEnds, beta } = FORMULAS[betaSchedule];
  if (hasEnds) {
    checkWithin('betaStart', betaStart, RANGES.beta);
    check(betaEnd >= betaStart && betaEnd < 1, 'betaEnd', betaEnd, `a number from betaStart = ${betaStart} to below 1`);
  }
  return Float64Array.from({ length: numTrainTimesteps }, (_, i) => beta(i, config));
}

/** f(u) of arXiv:2102.09672, eq. 17. */
function squaredCosine(u: number): number {
  return Math.cos(((u + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
}

function cumulativeProduct(betas: Float64Array): Float64Array {
  let product = 1;
  return betas.map((beta) => (product *= 1 - beta));
}

/** Shifts and scales √ā so that the last one is 0 and the first one stays (arXiv:2305.08891, algorithm 1). */
function rescaleToZeroSnr(alphasCumprod: Float64Array): Float64Array {
  const first = Math.sqrt(alphasCumprod[0]);
  const last = Math.sqrt(alphasCumprod[alphasCumprod.length - 1]);
  const rescaled = alphasCumprod.map((alphaBar) => (((Math.sqrt(alphaBar) - last) * first) / (first - last)) ** 2);
  rescaled[0] = alphasCumprod[0];
  return rescaled;
}
