import { createHash } from 'node:crypto';
import {
  check,
  checkInteger,
  checkPositive,
  checkWithin,
  outputSize,
  paramCount,
  type MlpDenoiserConfig,
  InputError,
  planForModel,
  samplingDefaults,
  defaultSigmaSkip,
  validateModel,
  samplingOptions,
  type NoiseScheduleConfig,
  type TrainingConfig,
  type TrainingHyperparameters,
  RANGES,
  parseWarning,
  type Warning,
} from '#ddim';

/**
 * Weight, two moments, average and gradient of each lie in one memory of the optimiser, which holds at most 4
 * GiB.
 */
const MAX_PARAMETERS = 200_000_000;
const GIB = 2 ** 30;
const MAX_BATCH_BYTES = 8 * GIB;
/** Numbers of a row that a block keeps for the way back, in multiples of hiddenSize. */
const NUMBERS_PER_BLOCK = 16;

/**
 * Splits the configuration into its model's form; sigmaData (of the normalised actions) matters to
 * preconditioning `edm` alone.
 */
export function denoiserConfig(config: TrainingConfig, sigmaData: number): MlpDenoiserConfig {
  const { network, diffusion, obsSize, actionDim, actionHorizon } = config;
  const { hiddenSize, numLayers, preconditioning } = network;
  const sizes = { obsSize, actionDim, actionHorizon, hiddenSize, numLayers };
  const form = { predictionType: diffusion.predictionType, preconditioning };
  const { numTrainTimesteps } = diffusion;
  if (preconditioning === 'none') return { ...sizes, ...form, numTrainTimesteps };
  const sigmaSkip = network.sigmaSkip ?? defaultSigmaSkip(sizes, sigmaData);
  return { ...sizes, ...form, numTrainTimesteps, sigmaData, sigmaSkip };
}

/** The noise schedule alone, without the sampling defaults that travel beside it. */
export function noiseScheduleConfig({ diffusion }: TrainingConfig): NoiseScheduleConfig {
  const { numTrainTimesteps, betaSchedule, betaStart, betaEnd, trainedBetas } = diffusion;
  const { rescaleBetasZeroSnr, setAlphaToOne } = diffusion;
  const betas = trainedBetas ? { trainedBetas } : {};
  return { numTrainTimesteps, betaSchedule, betaStart, betaEnd, ...betas, rescaleBetasZeroSnr, setAlphaToOne };
}

/**
 * Everything about a configuration that can be known before its data: refused outright, or a warning such as
 * `rank_limited_prediction`.
 * @throws InputError `validation_failed` or `limit_exceeded` naming the field, or `epsilon_at_zero_snr` when
 * no sampling job could use its defaults
 */
export function checkTrainingConfig(config: TrainingConfig): readonly Warning[] {
  const model = { config: denoiserConfig(config, 1), schedule: noiseScheduleConfig(config) };
  const { errors, warnings } = validateModel(model.config, model.schedule);
  check(errors.length === 0, 'config', errors.join('; '), 'a network and a noise schedule that fit each other');
  checkNetworkSize(model.config);
  checkHyperparameters(config.training);
  checkBatchSize(model.config, config.training.batchSize);
  const { conditionDropout } = config.training;
  // what its jobs will ask for
  planForModel({ ...model, conditionDropout }, samplingOptions(samplingDefaults(config.diffusion)));
  const { lossWeighting } = config.training;
  if (config.network.preconditioning === 'edm')
    check(lossWeighting === 'none', 'lossWeighting', lossWeighting, 'none when preconditioning is edm');
  return warnings.map(parseWarning);
}

/** Sizes that are each in range can make a network that no worker holds. */
function checkNetworkSize(config: MlpDenoiserConfig): void {
  const parameters = paramCount(config);
  if (parameters > MAX_PARAMETERS)
    throw new InputError(
      'limit_exceeded',
      `a network may have at most ${MAX_PARAMETERS} parameters, this one would have ${parameters}`,
      { field: 'network.hiddenSize' },
    );
}

/** The results of all layers are kept for the way back. */
function checkBatchSize(config: MlpDenoiserConfig, batchSize: number): void {
  const { obsSize: O, hiddenSize: H, numLayers } = config;
  const numbersPerRow = numLayers * NUMBERS_PER_BLOCK * H + 6 * H + 8 * outputSize(config) + 2 * O;
  const bytes = batchSize * numbersPerRow * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > MAX_BATCH_BYTES)
    throw new InputError(
      'limit_exceeded',
      `a batch may take ${MAX_BATCH_BYTES / GIB} GiB, one of ${batchSize} rows of this network would take ${(bytes / GIB).toFixed(1)} GiB`,
      { field: 'training.batchSize' },
    );
}

const INTEGERS = [
  'steps',
  'batchSize',
  'warmupSteps',
  'checkpointEverySteps',
  'logEverySteps',
  'seed',
] as const satisfies readonly (keyof TrainingHyperparameters)[];
const NUMBERS = [
  'adamEpsilon',
  'weightDecay',
  'gradClipNorm',
  'emaPower',
  'emaMaxDecay',
  'conditionDropout',
  'validationFraction',
] as const satisfies readonly (keyof TrainingHyperparameters)[];

function checkHyperparameters(training: TrainingHyperparameters): void {
  for (const field of INTEGERS) checkInteger(field, training[field], RANGES[field].min, RANGES[field].max);
  for (const field of NUMBERS) checkWithin(field, training[field], RANGES[field]);
  const { earlyStopping, sampleEvery } = training;
  if (earlyStopping !== undefined) {
    checkInteger('earlyStopping.patience', earlyStopping.patience, RANGES.patience.min, RANGES.patience.max);
    checkWithin('earlyStopping.minDelta', earlyStopping.minDelta, RANGES.minDelta);
  }
  if (sampleEvery !== undefined)
    checkInteger('sampleEvery', sampleEvery, RANGES.sampleEvery.min, RANGES.sampleEvery.max);
  checkPositive('learningRate', training.learningRate); // the service offers less than the arithmetic takes
  for (const beta of training.adamBetas) checkWithin('adamBetas', beta, RANGES.adamBeta);
}

/**
 * SHA-256 of the configuration, whatever the order of its fields: a checkpoint continues only the
 * configuration it came from.
 */
export function trainingConfigHash(config: TrainingConfig): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
