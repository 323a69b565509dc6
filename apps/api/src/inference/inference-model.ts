import { SAMPLING_LIMITS } from '#ddim';
import type { InferenceModel, InferenceModelConfig } from '#contract';
import type { ModelSummary, ModelVersionRecord } from '#storage';

/** A tensor without the size of its batch. */
interface BatchedTensor {
  readonly name: string;
  readonly dims: readonly number[];
}

/**
 * A model as clients of the Open Inference Protocol find it. Tensors that a request may leave out are not
 * named: perf_analyzer would fill them with random numbers.
 */
export function modelMetadata(record: ModelVersionRecord, { versions }: ModelSummary): InferenceModel {
  return {
    name: record.name,
    versions: versions.map(({ version }) => String(version)),
    platform: 'stride',
    inputs: inputsOf(record).map(tensorMetadata),
    outputs: outputsOf(record).map(tensorMetadata),
  };
}

/** The same in the words of Triton's configurations. */
export function modelConfig(record: ModelVersionRecord): InferenceModelConfig {
  const inputs = inputsOf(record);
  return {
    name: record.name,
    platform: 'stride',
    max_batch_size: inputs.length === 0 ? 0 : SAMPLING_LIMITS.rows,
    input: inputs.map(tensorConfig),
    output: outputsOf(record).map(tensorConfig),
  };
}

function tensorMetadata({ name, dims }: BatchedTensor): InferenceModel['inputs'][number] {
  return { name, datatype: 'FP32', shape: [-1, ...dims] };
}

function tensorConfig({ name, dims }: BatchedTensor): InferenceModelConfig['input'][number] {
  return { name, data_type: 'TYPE_FP32', dims: [...dims] };
}

function inputsOf({ config: { obsSize } }: ModelVersionRecord): BatchedTensor[] {
  return obsSize === 0 ? [] : [{ name: 'observations', dims: [obsSize] }];
}

function outputsOf({ config: { actionHorizon, actionDim } }: ModelVersionRecord): BatchedTensor[] {
  return [{ name: 'actions', dims: [actionHorizon, actionDim] }];
}
