interface EmaOptions {
  readonly power: number;
  readonly invGamma: number;
  readonly min: number;
  readonly max: number;
  readonly updateAfterStep: number;
}

/**
 * Decay of the weight average after the u-th applied update, u from 1: ema := decay ema + (1 - decay) w. It
 * grows as 1 - (1 + j/invGamma)^-power within [min, max], as in diffusers' EMAModel; the first update copies
 * the weights.
 */
export function emaDecay(updates: number, options: EmaOptions): number {
  const j = Math.max(0, updates - options.updateAfterStep - 1);
  if (j === 0) return 0;
  return Math.min(Math.max(1 - (1 + j / options.invGamma) ** -options.power, options.min), options.max);
}
