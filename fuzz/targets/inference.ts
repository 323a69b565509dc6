import { InputError } from '#ddim';
import { InferenceRequest, type SamplingRequest } from '#contract';
import { parseTensor } from '#queue';
import { HttpProblem } from '../../apps/api/src/http/problem.js';
import { parseRequest } from '../../apps/api/src/http/schema.pipe.js';
import { splitBody } from '../../apps/api/src/inference/inference-body.js';
import { inferenceJob } from '../../apps/api/src/inference/inference-job.js';
import { outcomeOf, type FuzzTarget } from '../target.js';

const LINE = '\n'.charCodeAt(0);
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

/** A body behind the length of its JSON, on a line of its own. */
function seed(json: object, bytes: Uint8Array = Buffer.alloc(0)): Buffer {
  const text = JSON.stringify(json);
  return Buffer.concat([Buffer.from(`${text.length}\n${text}`), bytes]);
}

const observations = { name: 'observations', shape: [1, 2], datatype: 'FP32' };
const number = { shape: [1], parameters: { binary_data_size: 8 } };

/** An inference that was accepted is the same one again when its numbers travel as bytes. */
export const target: FuzzTarget = {
  seeds: [
    seed({ inputs: [{ ...observations, parameters: { binary_data_size: 8 } }], id: 'a' }, floats(1, 2)),
    seed(
      {
        inputs: [
          { ...observations, data: [[1, 2]] },
          { ...number, name: 'seed', datatype: 'INT64' },
        ],
      },
      Buffer.of(7, 0, 0, 0, 0, 0, 0, 0),
    ),
    seed({
      parameters: { num_inference_steps: 5, priority: 1, timeout: 2_000, binary_data_output: true },
      inputs: [
        { ...observations, data: [1, 2] },
        { name: 'seed', shape: [1], datatype: 'INT64', data: [7] },
      ],
      outputs: [{ name: 'actions', parameters: { binary_data: true } }],
    }),
  ],
  dictionary: [
    'binary_data_size',
    'initial_noise',
    '"data":',
    '"shape":[]',
    'INT32',
    '16777216',
    '-1',
    '1e400',
    '[[]]',
  ],
  run: (input) =>
    outcomeOf(
      () => {
        const end = input.indexOf(LINE);
        const length = Buffer.from(input.subarray(0, Math.max(end, 0))).toString('latin1');
        const { json, bytes } = splitBody(Buffer.from(input.subarray(end + 1)), length);
        const { request } = inferenceJob('m', parseRequest(InferenceRequest, json), bytes);
        const again = readAgain(asBytes(request), bytesOf(request));
        const { observations: before } = request;
        if (JSON.stringify(again.observations) !== JSON.stringify(before)) throw new TypeError('reads differently');
        if (again.seed !== request.seed) throw new TypeError('another seed');
      },
      (error) => error instanceof InputError || (error instanceof HttpProblem && error.status < 500),
    ),
};

function readAgain(json: object, bytes: Buffer): SamplingRequest {
  try {
    return inferenceJob('m', parseRequest(InferenceRequest, json), bytes).request;
  } catch (cause) {
    throw new TypeError('refused as bytes', { cause });
  }
}

/** The numbers of the tensors of a request, behind each other. */
function bytesOf({ observations: tensor, seed: value }: SamplingRequest): Buffer {
  const seedBytes = Buffer.alloc(value === undefined ? 0 : 8);
  if (value !== undefined) seedBytes.writeBigInt64LE(BigInt(value));
  return Buffer.concat([valuesOf(tensor).bytes, seedBytes]);
}

function asBytes({ observations: tensor, seed: value }: SamplingRequest): object {
  const { shape, bytes } = valuesOf(tensor);
  const sized = (size: number) => ({ parameters: { binary_data_size: size } });
  return {
    inputs: [
      ...(tensor === undefined ? [] : [{ ...observations, shape, ...sized(bytes.length) }]),
      ...(value === undefined ? [] : [{ name: 'seed', shape: [1], datatype: 'INT64', ...sized(8) }]),
    ],
  };
}

/** As whoever samples reads them. */
function valuesOf(tensor: SamplingRequest['observations']): { shape: readonly number[]; bytes: Buffer } {
  if (tensor === undefined || 'artifact' in tensor) return { shape: [], bytes: Buffer.alloc(0) };
  const { shape, data } = parseTensor(tensor, 'observations');
  return { shape, bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength) };
}
