export interface EmaOptions {
  readonly power: number;
  readonly invGamma: number;
  readonly min: number;
  readonly max: number;
  readonly updateAfterStep: number;
}

/** Decay after the u-th applied update, u from 1: ema := decay ema + (1 - decay) w. */
export function emaDecay(updates: number, options: EmaOptions): number {
  throw new Error(`unfinished: ${updates} ${options.power}`);
}
