import { checkWithin } from '../checks.js';
import type { MlpDenoiserConfig } from '../network/denoiser.js';
import type { TrainingConfig } from './training-config.js';
import { RANGES } from '../vocabulary.js';

/** What a request says of a training; what it leaves out is undefined. */
interface GivenSettings {
  readonly network: Given<TrainingConfig['network']>;
  readonly diffusion: Given<TrainingConfig['diffusion']>;
}

type Given<Settings> = { readonly [Field in keyof Settings]?: Settings[Field] | undefined };

/** Two values of one setting, which starting from a model's weights does not allow. */
interface ShapeDifference {
  /** Dotted path of the setting; a bare name is a size of the dataset. */
  readonly field: string;
  readonly wanted: number | string;
  /** What the weights mean; undefined: the model has no such thing. */
  readonly kept: number | string | undefined;
}

type Value = number | string | undefined;
type Kept = readonly [
  field: string,
  wanted: (config: TrainingConfig) => Value,
  kept: (model: MlpDenoiserConfig) => Value,
];

/**
 * The one rule of what a model's weights mean, and a training that starts from them therefore keeps. A field
 * of a denoiser that has no place here does not compile; sigmaData alone is no setting.
 */
const KEPT: Readonly<Record<keyof Omit<MlpDenoiserConfig, 'sigmaData'>, Kept>> = {
  obsSize: ['obsSize', ({ obsSize }) => obsSize, ({ obsSize }) => obsSize],
  actionHorizon: ['actionHorizon', ({ actionHorizon }) => actionHorizon, ({ actionHorizon }) => actionHorizon],
  actionDim: ['actionDim', ({ actionDim }) => actionDim, ({ actionDim }) => actionDim],
  hiddenSize: ['network.hiddenSize', ({ network }) => network.hiddenSize, ({ hiddenSize }) => hiddenSize],
  numLayers: ['network.numLayers', ({ network }) => network.numLayers, ({ numLayers }) => numLayers],
  preconditioning: [
    'network.preconditioning',
    ({ network }) => network.preconditioning,
    (model) => model.preconditioning,
  ],
  sigmaSkip: ['network.sigmaSkip', ({ network }) => network.sigmaSkip, ({ sigmaSkip }) => sigmaSkip],
  numTrainTimesteps: [
    'diffusion.numTrainTimesteps',
    ({ diffusion }) => diffusion.numTrainTimesteps,
    ({ numTrainTimesteps }) => numTrainTimesteps,
  ],
  predictionType: [
    'diffusion.predictionType',
    ({ diffusion }) => diffusion.predictionType,
    (model) => model.predictionType,
  ],
};

/**
 * The settings with those that they leave out taken from the model whose weights they start from. sigmaSkip
 * stays out: the model's own is kept without being named.
 * @throws InputError `validation_failed` when the model is larger than a training may be
 */
export function inheritShape<Settings extends GivenSettings>(settings: Settings, model: MlpDenoiserConfig): Settings {
  const { network, diffusion } = settings;
  const shape = {
    hiddenSize: network.hiddenSize ?? model.hiddenSize,
    numLayers: network.numLayers ?? model.numLayers,
    preconditioning: network.preconditioning ?? model.preconditioning,
  };
  checkWithin('network.hiddenSize', shape.hiddenSize, RANGES.hiddenSize);
  checkWithin('network.numLayers', shape.numLayers, RANGES.numLayers);
  const form = {
    numTrainTimesteps: diffusion.numTrainTimesteps ?? model.numTrainTimesteps,
    predictionType: diffusion.predictionType ?? model.predictionType,
  };
  return { ...settings, network: { ...network, ...shape }, diffusion: { ...diffusion, ...form } };
}

/** The first setting in which a training differs from the model that it starts from. */
export function shapeDifference(model: MlpDenoiserConfig, config: TrainingConfig): ShapeDifference | undefined {
  for (const [field, wantedOf, keptOf] of Object.values(KEPT)) {
    const wanted = wantedOf(config);
    const kept = keptOf(model);
    if (wanted !== undefined && wanted !== kept) return { field, wanted, kept };
  }
  return undefined;
}
