import { InputError } from '#ddim';
import type { EncodedTensor, InferenceInput } from '#contract';
import { encodeTensor, parseTensor } from '#queue';
import { fieldProblem, HttpProblem } from '../http/problem.js';

const BYTES = { FP32: 4, INT32: 4, INT64: 8 } as const;
type Datatype = keyof typeof BYTES;

/** What an input becomes in a sampling request: a tensor of it, or one of its options. */
interface KnownInput {
  readonly field: string;
  readonly datatype: Datatype;
  readonly is: 'tensor' | 'number';
}

const INPUTS: ReadonlyMap<string, KnownInput> = new Map([
  ['observations', { field: 'observations', datatype: 'FP32', is: 'tensor' }],
  ['initial_noise', { field: 'initialNoise', datatype: 'FP32', is: 'tensor' }],
  ['seed', { field: 'seed', datatype: 'INT64', is: 'number' }],
  ['num_inference_steps', { field: 'numInferenceSteps', datatype: 'INT32', is: 'number' }],
  ['eta', { field: 'eta', datatype: 'FP32', is: 'number' }],
]);

/** An input whose datatype is right and whose bytes, where it has any, are as many as its shape says. */
interface CheckedInput extends InferenceInput {
  readonly elements: number;
  readonly bytes: Buffer | undefined;
}

/**
 * The inputs of an inference as fields of a sampling request. Whether numbers are finite and sizes are those
 * of the model is asked where every such request is.
 * @param bytes of the inputs that travel behind the JSON, in their order
 * @throws HttpProblem or InputError `unknown_field`, `unsupported_dtype`, `shape_mismatch`, `size_mismatch`,
 * `validation_failed`, `non_finite_input`
 */
export function readInputs(inputs: readonly InferenceInput[], bytes: Buffer): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let offset = 0;
  for (const [place, input] of inputs.entries()) {
    const { field, datatype, is } = knownInput(input, place);
    if (field in fields) throw fieldProblem(`inputs.${place}.name`, `${input.name} is there twice`);
    const size = input.parameters?.binary_data_size;
    const own = size === undefined ? undefined : bytes.subarray(offset, offset + size);
    const checked = checkSize(input, own, BYTES[datatype]);
    offset += size ?? 0;
    fields[field] = is === 'tensor' ? tensorOf(checked) : numberOf(checked, datatype);
  }
  if (offset === bytes.length) return fields;
  throw new HttpProblem('size_mismatch', `${bytes.length} bytes follow the JSON, and the inputs ask for ${offset}`);
}

function knownInput({ name, datatype }: InferenceInput, place: number): KnownInput {
  const known = INPUTS.get(name);
  if (known === undefined) {
    const names = [...INPUTS.keys()].join(', ');
    throw fieldProblem(
      `inputs.${place}.name`,
      `expected one of ${names}, got ${JSON.stringify(name)}`,
      'unknown_field',
    );
  }
  if (datatype === known.datatype) return known;
  const message = `${name} must be ${known.datatype}, got ${JSON.stringify(datatype)}`;
  throw fieldProblem(`inputs.${place}.datatype`, message, 'unsupported_dtype');
}

function checkSize(input: InferenceInput, bytes: Buffer | undefined, bytesPerElement: number): CheckedInput {
  const { name, shape, data, parameters } = input;
  const elements = shape.reduce((product, size) => product * size, 1);
  if ((data === undefined) === (bytes === undefined))
    throw fieldProblem(name, 'expected its numbers in data, or in parameters.binary_data_size how many bytes they are');
  const given = parameters?.binary_data_size;
  const needed = elements * bytesPerElement;
  const what = `[${shape.join(',')}] of ${input.datatype} needs ${needed} bytes`;
  if (given !== undefined && given !== needed)
    throw fieldProblem(name, `${what}, got a binary_data_size of ${given}`, 'size_mismatch');
  if (bytes !== undefined && bytes.length !== needed)
    throw fieldProblem(name, `${what}, and the body ends after ${bytes.length} of them`, 'size_mismatch');
  return { ...input, elements, bytes };
}

function tensorOf({ name, shape, elements, bytes, data = [] }: CheckedInput): EncodedTensor {
  if (bytes !== undefined) return { shape, dtype: 'float32', data: bytes.toString('base64') };
  const given = parseTensor(data, name);
  const isAsSaid = given.shape.join() === shape.join() || (given.shape.length === 1 && given.data.length === elements);
  if (isAsSaid) return encodeTensor({ shape, data: given.data });
  const message = `${name} of shape [${shape.join(',')}] has data of [${given.shape.join(',')}]`;
  throw new InputError('shape_mismatch', message, { field: name });
}

/** An option, which is a tensor of one number; its range is asked with all others. */
function numberOf({ name, shape, elements, bytes, data = [] }: CheckedInput, datatype: Datatype): unknown {
  const values = bytes === undefined ? data.flat(shape.length) : [bytes];
  if (elements !== 1 || values.length !== 1)
    throw fieldProblem(name, `expected one number of shape [1], got [${shape.join(',')}]`, 'shape_mismatch');
  const [value] = values;
  if (bytes === undefined) return datatype === 'FP32' && typeof value === 'number' ? Math.fround(value) : value;
  if (datatype === 'FP32') return bytes.readFloatLE();
  return datatype === 'INT32' ? bytes.readInt32LE() : Number(bytes.readBigInt64LE());
}
