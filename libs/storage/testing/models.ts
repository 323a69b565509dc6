import {
  fitNormalizer,
  initialParameters,
  presets,
  samplingOptions,
  type DdimModel,
  type MlpDenoiserConfig,
} from '#ddim';

/** A small model; its weights follow from the seed. */
export function model(seed: number): DdimModel {
  const { network, diffusion } = presets['diffusion-policy'];
  const { numTrainTimesteps, betaSchedule, betaStart, betaEnd, rescaleBetasZeroSnr, setAlphaToOne } = diffusion;
  const config: MlpDenoiserConfig = {
    obsSize: 2,
    actionDim: 2,
    actionHorizon: 3,
    hiddenSize: 8,
    numLayers: 1,
    numTrainTimesteps,
    predictionType: diffusion.predictionType,
    preconditioning: network.preconditioning,
  };
  const { eta, thresholding, useClippedModelOutput } = samplingOptions({ numInferenceSteps: 10 });
  return {
    config,
    schedule: { numTrainTimesteps, betaSchedule, betaStart, betaEnd, rescaleBetasZeroSnr, setAlphaToOne },
    sampling: {
      numInferenceSteps: 10,
      timestepSpacing: diffusion.timestepSpacing,
      eta,
      clipSample: true,
      clipSampleRange: 1,
      thresholding,
      useClippedModelOutput,
    },
    observationNormalizer: fitNormalizer(Float32Array.of(0, 1, 2, 3), 2),
    actionNormalizer: fitNormalizer(Float32Array.of(0, 50, 100, 100), 2),
    conditionDropout: 0.1,
    parameters: initialParameters(config, seed),
  };
}
