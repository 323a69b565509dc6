import { check, checkInteger } from './checks.js';
import { assertNever } from './errors.js';

export type BetaSchedule = 'linear' | 'scaled_linear' | 'squaredcos_cap_v2';

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

/** More steps than this are a mistake; tables of the schedule and of the network grow with it, and no file's size bounds it. */
export const MAX_TRAIN_TIMESTEPS = 10_000;

/**
 * The table of β_t and ā_t = Π (1 - β_s), s <= t (the DDIM paper writes α for ā), in float64.
 * @throws InputError `validation_failed` naming the field that is out of range
 */
export function makeNoiseSchedule(config: NoiseScheduleConfig): NoiseSchedule {
  checkInteger('numTrainTimesteps', config.numTrainTimesteps, 2, MAX_TRAIN_TIMESTEPS);
  let betas = config.trainedBetas ? trainedBetas(config.trainedBetas, config.numTrainTimesteps) : makeBetas(config);
  let alphasCumprod = cumulativeProduct(betas);
  check(alphasCumprod[0] < 1, 'betas', betas[0], 'large enough that 1 - beta differs from 1');
  if (config.rescaleBetasZeroSnr) {
    alphasCumprod = rescaleToZeroSnr(alphasCumprod);
    betas = alphasCumprod.map((alphaBar, t) => 1 - (t === 0 ? alphaBar : alphaBar / alphasCumprod[t - 1]));
  }
  return { config, betas, alphasCumprod, finalAlphaCumprod: config.setAlphaToOne ? 1 : alphasCumprod[0] };
}

function trainedBetas(betas: readonly number[], T: number): Float64Array {
  check(betas.length === T, 'trainedBetas', `${betas.length} numbers`, `numTrainTimesteps = ${T} numbers`);
  for (const [t, beta] of betas.entries())
    check(beta > 0 && beta < 1, `trainedBetas[${t}]`, beta, 'a number between 0 and 1');
  return Float64Array.from(betas);
}

function makeBetas(config: NoiseScheduleConfig): Float64Array {
  const { numTrainTimesteps: T, betaSchedule, betaStart: b0, betaEnd: b1 } = config;
  const betas = new Float64Array(T);
  if (betaSchedule !== 'squaredcos_cap_v2') {
    check(b0 > 0 && b0 < 1, 'betaStart', b0, 'a number between 0 and 1');
    check(b1 >= b0 && b1 < 1, 'betaEnd', b1, `a number from betaStart = ${b0} to below 1`);
  }
  switch (betaSchedule) {
    case 'linear':
      return betas.map((_, i) => b0 + ((b1 - b0) * i) / (T - 1));
    case 'scaled_linear':
      return betas.map((_, i) => (Math.sqrt(b0) + ((Math.sqrt(b1) - Math.sqrt(b0)) * i) / (T - 1)) ** 2);
    case 'squaredcos_cap_v2':
      return betas.map((_, i) => Math.min(1 - squaredCosine((i + 1) / T) / squaredCosine(i / T), 0.999));
    default:
      check(false, 'betaSchedule', betaSchedule, 'linear, scaled_linear or squaredcos_cap_v2');
      return assertNever(betaSchedule);
  }
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
