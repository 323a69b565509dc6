import { decodeModel } from '#storage';
import { mlpFile } from '../../libs/ddim/src/onnx/testing/imported-files.js';

/** A model that the service trained as somebody else would bring it: a file that works in normalised units, and what must be said of it. */
export function exportedModel(checkpoint: Uint8Array<ArrayBuffer>) {
  const { config, schedule, sampling, parameters, observationNormalizer, actionNormalizer } = decodeModel(checkpoint);
  const { obsSize, actionHorizon, actionDim, predictionType } = config;
  const { numTrainTimesteps, betaSchedule } = schedule;
  const { clipSample, clipSampleRange, timestepSpacing, numInferenceSteps } = sampling;
  const arrays = ({ scale, offset }: typeof actionNormalizer) => ({ scale: [...scale], offset: [...offset] });
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
      observationNormalizer: arrays(observationNormalizer),
      actionNormalizer: arrays(actionNormalizer),
    },
  };
}
