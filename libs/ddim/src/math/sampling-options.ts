import { check, checkInteger, checkPositive, checkWithin, checkWord } from '../checks.js';
import type { TimestepOptions } from './timesteps.js';
import { COMPATS, NOISE_VARIANCES, RANGES, type Direction, type NoiseVariance } from '../vocabulary.js';

/**
 * eta 0..1; clipSampleRange in normalised action units; guidanceScale 0..100, 1 = off; guidanceRescale 0..1.
 * noiseVariance 'large' is the paper's sigma-hat and needs eta 1. thresholding wins over clipping.
 * compat 'edifice': stride pairs, final level ā_0, eta without noise; spacing and rule are then ignored.
 */
export interface SamplingOptions extends TimestepOptions {
  readonly eta: number;
  readonly noiseVariance?: NoiseVariance;
  readonly clipSample: boolean;
  readonly clipSampleRange: number;
  readonly thresholding: { readonly ratio: number; readonly maxValue: number } | null;
  readonly useClippedModelOutput: boolean;
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
}

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
  checkWithin('eta', eta, RANGES.eta);
  checkWord('noiseVariance', noiseVariance, NOISE_VARIANCES);
  if (noiseVariance === 'large') {
    check(eta === 1, 'eta', eta, '1 with noiseVariance large');
    check(compat === undefined, 'noiseVariance', noiseVariance, 'ddim with compat edifice, which adds no noise');
  }
  if (options.clipSample) checkPositive('clipSampleRange', options.clipSampleRange);
  if (thresholding) {
    checkWithin('thresholding.ratio', thresholding.ratio, RANGES.thresholdingRatio);
    checkPositive('thresholding.maxValue', thresholding.maxValue);
  }
  checkWithin('guidanceScale', options.guidanceScale, RANGES.guidanceScale);
  checkWithin('guidanceRescale', options.guidanceRescale, RANGES.guidanceRescale);
  check(compat === undefined || COMPATS.includes(compat), 'compat', compat, `${COMPATS.join(' or ')} or absent`);
  if (direction === 'encode') {
    check(eta === 0, 'eta', eta, '0 for an encode, which is deterministic');
    check(compat === undefined, 'compat', compat, 'absent for an encode, which Edifice does not have');
  }
}
