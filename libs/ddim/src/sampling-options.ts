import { check, checkInteger, checkPositive, checkRange } from './checks.js';
import type { TimestepOptions } from './timesteps.js';

/**
 * eta 0..1; clipSampleRange in normalised action units; guidanceScale 0..100, 1 = off; guidanceRescale 0..1.
 * noiseVariance 'large' is the paper's sigma-hat and needs eta 1. thresholding wins over clipping.
 * compat 'edifice': stride pairs, final level ā_0, eta without noise; spacing and rule are then ignored.
 */
export interface SamplingOptions extends TimestepOptions {
  readonly eta: number;
  readonly noiseVariance?: 'ddim' | 'large';
  readonly clipSample: boolean;
  readonly clipSampleRange: number;
  readonly thresholding: { readonly ratio: number; readonly maxValue: number } | null;
  readonly useClippedModelOutput: boolean;
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
}

/** `encode` walks the plan upwards (DDIM inversion). */
export type Direction = 'sample' | 'encode';

const MAX_GUIDANCE_SCALE = 100;

/** Complete options: trailing spacing, eta 0, x0 clipped to +-1, no guidance, unless overridden. */
export function samplingOptions(
  overrides: Partial<SamplingOptions> & Pick<SamplingOptions, 'numInferenceSteps'>,
): SamplingOptions {
  return {
    timestepSpacing: 'trailing',
    eta: 0,
    clipSample: true,
    clipSampleRange: 1,
    thresholding: null,
    useClippedModelOutput: false,
    guidanceScale: 1,
    guidanceRescale: 0,
    ...overrides,
  };
}

/**
 * Everything about options that does not depend on timesteps; those are checked where they are selected.
 * @throws InputError `validation_failed` naming the option that is out of range or contradicts another
 */
export function checkSamplingOptions(
  options: SamplingOptions,
  numTrainTimesteps: number,
  direction: Direction = 'sample',
): void {
  const { eta, noiseVariance = 'ddim', thresholding, compat } = options;
  checkInteger('numInferenceSteps', options.numInferenceSteps, 1, numTrainTimesteps);
  checkRange('eta', eta, 0, 1);
  check(noiseVariance === 'ddim' || noiseVariance === 'large', 'noiseVariance', noiseVariance, 'ddim or large');
  if (noiseVariance === 'large') {
    check(eta === 1, 'eta', eta, '1 with noiseVariance large');
    check(compat === undefined, 'noiseVariance', noiseVariance, 'ddim with compat edifice, which adds no noise');
  }
  if (options.clipSample) checkPositive('clipSampleRange', options.clipSampleRange);
  if (thresholding) {
    const { ratio } = thresholding;
    check(ratio > 0 && ratio <= 1, 'thresholding.ratio', ratio, 'a number above 0, at most 1');
    checkPositive('thresholding.maxValue', thresholding.maxValue);
  }
  checkRange('guidanceScale', options.guidanceScale, 0, MAX_GUIDANCE_SCALE);
  checkRange('guidanceRescale', options.guidanceRescale, 0, 1);
  check(compat === undefined || compat === 'edifice', 'compat', compat, 'edifice or absent');
  if (direction === 'encode') {
    check(eta === 0, 'eta', eta, '0 for an encode, which is deterministic');
    check(compat === undefined, 'compat', compat, 'absent for an encode, which Edifice does not have');
  }
}
