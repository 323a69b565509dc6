import {
  fitNormalizer,
  initialParameters,
  InputError,
  modelToTensors,
  type DdimModel,
  type MlpDenoiserConfig,
} from '#ddim';
import { decodeModel, encodeSafetensors } from '#storage';
import { outcomeOf, type FuzzTarget } from '../target.js';

const config: MlpDenoiserConfig = {
  obsSize: 1,
  actionHorizon: 1,
  actionDim: 2,
  hiddenSize: 2,
  numLayers: 1,
  numTrainTimesteps: 10,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const model: DdimModel = {
  config,
  schedule: {
    numTrainTimesteps: 10,
    betaSchedule: 'squaredcos_cap_v2',
    betaStart: 1e-4,
    betaEnd: 0.02,
    rescaleBetasZeroSnr: false,
    setAlphaToOne: true,
  },
  sampling: {
    numInferenceSteps: 5,
    timestepSpacing: 'trailing',
    eta: 0,
    clipSample: true,
    clipSampleRange: 1,
    thresholding: null,
    useClippedModelOutput: false,
  },
  observationNormalizer: fitNormalizer(Float32Array.of(0, 1), 1),
  actionNormalizer: fitNormalizer(Float32Array.of(0, 1, 2, 3), 2),
  conditionDropout: 0.1,
  parameters: initialParameters(config, 1),
};

/** A checkpoint that is accepted comes back equal when it is written and read again. */
export const target: FuzzTarget = {
  seeds: [bytesOf(model), bytesOf({ ...model, conditionDropout: 0 })],
  dictionary: [
    '"numLayers":',
    '1e6',
    '1e308',
    '"hiddenSize":',
    '"numTrainTimesteps":',
    'denoiser_block_2',
    '"trainedBetas":[',
    'F16',
  ],
  run: (input) =>
    outcomeOf(
      () => {
        const bytes = bytesOf(decodeModel(input));
        if (Buffer.compare(bytesOf(decodeModel(bytes)), bytes) !== 0) throw new TypeError('reads differently');
      },
      (error) => error instanceof InputError,
    ),
};

function bytesOf(checkpoint: DdimModel): Uint8Array {
  const { tensors, metadata } = modelToTensors(checkpoint);
  return encodeSafetensors(tensors, metadata);
}
