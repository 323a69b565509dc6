import { parameterFields, SamplingRequest, type InferenceRequest } from '#contract';
import { fieldProblem } from '../http/problem.js';
import { parseRequest } from '../http/schema.pipe.js';
import { readInputs } from './inference-inputs.js';

/** An inference as the sampling job that it asks for, and how it wants the answer. */
export interface InferenceJob {
  readonly request: SamplingRequest;
  readonly id: string | undefined;
  /** Whether the actions come as bytes behind the JSON. */
  readonly isBinary: boolean;
}

/**
 * What an inference asks of a model.
 * @param bytes of the tensors that follow the request's JSON
 * @throws HttpProblem or InputError like readInputs, and naming options that are wrong
 */
export function inferenceJob(
  model: string,
  { id, parameters, inputs, outputs }: InferenceRequest,
  bytes: Buffer,
): InferenceJob {
  const options = parameterFields(parameters);
  const fields = readInputs(inputs, bytes);
  const twice = Object.keys(fields).find((name) => options[name] !== undefined);
  if (twice !== undefined) throw fieldProblem(twice, 'given as an input and as a parameter');
  const request = parseRequest(SamplingRequest, { model, ...options, ...fields });
  const isBinary = outputs?.[0]?.parameters?.binary_data ?? parameters.binary_data_output ?? false;
  return { request, id, isBinary };
}
