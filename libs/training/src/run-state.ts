import {
  type MlpDenoiserConfig,
  InputError,
  JsonFields,
  type NamedTensor,
  normalizerFromTensors,
  normalizerTensors,
  type TrainingConfig,
} from '#ddim';
import type { TrainState } from './train-backend.js';
import type { ValidationCourse, ValidationState } from './run-validation.js';
import {
  hasParameters,
  parametersFromTensors,
  parameterTensors,
  trainStateFromTensors,
  trainStateTensors,
} from './train-state.js';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import { denoiserConfig, trainingConfigHash } from './training-config.js';
import type { Normalizers } from './training-data.js';

/** Raised when an older reader would misread what is written. */
const FORMAT = 1;

/** What of a run is neither tensor nor configuration. */
export interface RunCounters {
  /** Updates done, skipped ones included. */
  readonly update: number;
  readonly skipped: number;
  readonly skippedInARow: number;
  /** Spent in updates. */
  readonly seconds: number;
  /** Mean losses of the last log points. */
  readonly losses: readonly number[];
}

/** A run between two updates: all that it needs to go on, apart from configuration and dataset. */
export interface RunState {
  readonly denoiser: MlpDenoiserConfig;
  readonly normalizers: Normalizers;
  readonly counters: RunCounters;
  readonly validation: ValidationState;
  readonly train: TrainState;
}

/** What a checkpoint says about its origin. */
interface CheckpointOrigin {
  readonly config: TrainingConfig;
  /** Rows of the dataset: the order of rows depends on it. */
  readonly datasetRows: number;
  readonly backend: string;
  readonly provider: string;
}

/** Arrays of the train state are not copied. */
export function toCheckpoint(state: RunState, origin: CheckpointOrigin): TrainingCheckpoint {
  const { denoiser, normalizers, counters, validation, train } = state;
  const { observationNormalizer, actionNormalizer } = normalizers;
  const { sigmaData, sigmaSkip } = denoiser;
  const { datasetRows, backend, provider } = origin;
  return {
    update: counters.update,
    configHash: trainingConfigHash(origin.config),
    backend,
    provider,
    tensors: [
      ...trainStateTensors(denoiser, train),
      ...(validation.best ? parameterTensors(denoiser, 'best', validation.best).map(copyOf) : []),
      ...normalizerTensors('observation_normalizer', observationNormalizer).map(copyOf),
      ...normalizerTensors('action_normalizer', actionNormalizer).map(copyOf),
    ],
    metadata: {
      run: JSON.stringify({
        format: FORMAT,
        ...counters,
        datasetRows,
        sigmaData,
        sigmaSkip,
        validation: validation.course,
      }),
    },
  };
}

/** A copy, because the run goes on with its own. */
function copyOf(tensor: NamedTensor): NamedTensor {
  return { ...tensor, data: tensor.data.slice() };
}

/**
 * The inverse. @throws InputError `checkpoint_mismatch` when it is of another configuration or dataset,
 * `unsupported_format`
 */
export function fromCheckpoint(
  { configHash, tensors, metadata }: TrainingCheckpoint,
  { config, datasetRows }: Pick<CheckpointOrigin, 'config' | 'datasetRows'>,
): RunState {
  if (configHash !== trainingConfigHash(config)) throw mismatch('another training configuration');
  const fields = JsonFields.parse(metadata['run'], 'metadata.run');
  const format = fields.number('format');
  if (format !== FORMAT)
    throw new InputError('unsupported_format', `metadata.run.format must be ${FORMAT}, got ${format}`);
  if (fields.number('datasetRows') !== datasetRows)
    throw mismatch(`a dataset of ${fields.number('datasetRows')} rows, not ${datasetRows}`);
  const denoiser = {
    ...denoiserConfig(config, 1),
    ...fields.ifPresent('sigmaData', (name) => ({ sigmaData: fields.number(name) })),
    ...fields.ifPresent('sigmaSkip', (name) => ({ sigmaSkip: fields.number(name) })),
  };
  return {
    denoiser,
    normalizers: readNormalizers(tensors, config),
    counters: readCounters(fields),
    validation: {
      course: fields.has('validation') ? readCourse(fields.fields('validation')) : undefined,
      best: hasParameters('best', tensors) ? parametersFromTensors(denoiser, 'best', tensors) : undefined,
    },
    train: trainStateFromTensors(denoiser, tensors),
  };
}

function readCounters(fields: JsonFields): RunCounters {
  return {
    update: fields.number('update'),
    skipped: fields.number('skipped'),
    skippedInARow: fields.number('skippedInARow'),
    seconds: fields.number('seconds'),
    losses: fields.numbers('losses'),
  };
}

function readCourse(fields: JsonFields): ValidationCourse {
  return {
    step: fields.number('step'),
    loss: fields.number('loss'),
    reference: fields.number('reference'),
    stale: fields.number('stale'),
  };
}

function readNormalizers(tensors: readonly NamedTensor[], { obsSize, actionDim }: TrainingConfig): Normalizers {
  const find = (name: string) => tensors.find((candidate) => candidate.name === name);
  const read = (prefix: string, size: number) =>
    normalizerFromTensors(
      prefix,
      (name) => find(name) !== undefined,
      (name) => {
        const tensor = find(name);
        if (tensor?.data.length !== size) throw mismatch(`no tensor ${name} [${size}]`);
        return tensor.data;
      },
    );
  return {
    observationNormalizer: read('observation_normalizer', obsSize),
    actionNormalizer: read('action_normalizer', actionDim),
  };
}

function mismatch(what: string): InputError {
  return new InputError('checkpoint_mismatch', `the checkpoint belongs to ${what}`);
}
