import { samplingOptions, type SamplingDefaults, type SamplingOptions } from '#ddim';
import type { SamplingRequest } from './sampling-request.js';

type RequestOptions = Omit<
  SamplingRequest,
  'model' | 'observations' | 'initialNoise' | 'initialActions' | 'fixedActions' | 'metadata' | 'strength' | 'warmStart'
>;

/**
 * The complete options of a request: its own where it says something, else the model's defaults, of which an encode takes neither
 * eta nor clipping nor Edifice's conventions. compat 'none' turns the model's own off.
 */
export function resolveSamplingOptions(request: RequestOptions, defaults: SamplingDefaults): SamplingOptions {
  const given = {
    numInferenceSteps: request.numInferenceSteps,
    eta: request.eta,
    timestepSpacing: request.timestepSpacing,
    stepsOffset: request.stepsOffset,
    prevTimestepRule: request.prevTimestepRule,
    noiseVariance: request.noiseVariance,
    guidanceScale: request.guidanceScale,
    guidanceRescale: request.guidanceRescale,
    clipSample: request.clipSample,
    clipSampleRange: request.clipSampleRange,
    thresholding: request.thresholding,
    useClippedModelOutput: request.useClippedModelOutput,
    startTimestep: request.startTimestep,
  };
  const isEncode = request.mode === 'encode';
  const encode = isEncode ? { eta: 0, clipSample: false } : {};
  const compat = request.compat ?? (isEncode ? 'none' : defaults.compat);
  const convention = { compat: compat === 'none' ? undefined : compat };
  return samplingOptions({ ...defaults, ...encode, ...convention, ...present(given) });
}

/** The fields that are not undefined. */
function present<Fields extends object>(fields: Fields): Partial<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Fields>;
}
