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

export function makeNoiseSchedule(config: NoiseScheduleConfig): NoiseSchedule {
  throw new Error(`unfinished: ${config.betaSchedule}`);
}
