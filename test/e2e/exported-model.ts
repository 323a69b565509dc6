import type { Normalizer } from '#ddim';
import { decodeModel } from '#storage';
import { mlpFile } from '../../libs/onnx/testing/imported-files.js';

/**
 * A model that the service trained as somebody else would bring it: a file that works in normalised units,
 * and what must be said of it.
 */
export function exportedModel(checkpoint: Uint8Array<ArrayBuffer>) {
  const { config, schedule, sampling, parameters, observationNormalizer, actionNormalizer } = decodeModel(checkpoint);
  const { obsSize, actionHorizon, actionDim, predictionType } = config;
  const { numTrainTimesteps, betaSchedule } = schedule;
  const { clipSample, clipSampleRange, timestepSpacing, numInferenceSteps } = sampling;
  return {
    file: mlpFile(config, parameters, { trajectory: true }),
    config: {
      obsSize,
      actionHorizon,
      actionDim,
      diffusion: {
        numTrainTimesteps,
        betaSchedule,
        predictionType,
        clipSample,
        clipSampleRange,
        timestepSpacing,
        numInferenceSteps,
      },
      observationNormalizer: affine(observationNormalizer),
      actionNormalizer: affine(actionNormalizer),
    },
  };
}

/** As x * scale + offset, the form of imports. */
function affine(normalizer: Normalizer): { scale: number[]; offset: number[] } {
  if ('scale' in normalizer) return { scale: [...normalizer.scale], offset: [...normalizer.offset] };
  const { center, halfRange } = normalizer;
  const scale = Array.from(halfRange, (value) => (value === 0 ? 1 : 1 / value));
  return { scale, offset: scale.map((factor, j) => -(center[j] ?? 0) * factor) };
}
