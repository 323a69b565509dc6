export type TimestepSpacing = 'leading' | 'trailing' | 'linspace' | 'quad';

/** Integer timesteps 0..T-1; prevTimestep -1 is the final level. */
export interface TimestepPair {
  readonly timestep: number;
  readonly prevTimestep: number;
}

/** The prevTimestep of the last step: the final level, ā = 1 or ā_0. */
export const FINAL_TIMESTEP = -1;

export interface TimestepOptions {
  readonly numInferenceSteps: number;
  readonly timestepSpacing: TimestepSpacing;
  readonly stepsOffset?: number;
  readonly startTimestep?: number;
  readonly prevTimestepRule?: 'list' | 'stride';
  readonly pairs?: readonly TimestepPair[];
}

/** Exactly numInferenceSteps pairs, descending (fewer only with startTimestep). */
export function selectTimesteps(numTrainTimesteps: number, options: TimestepOptions): TimestepPair[] {
  throw new Error(`unfinished: ${numTrainTimesteps} ${options.timestepSpacing}`);
}

/** The startTimestep that keeps the last min(floor(S * strength), S) steps; strength in (0, 1]. */
export function startTimestepForStrength(
  numTrainTimesteps: number,
  options: TimestepOptions,
  strength: number,
): number {
  throw new Error(`unfinished: ${numTrainTimesteps} ${options.timestepSpacing} ${strength}`);
}
