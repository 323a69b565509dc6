import { describe, expect, it } from 'vitest';
import { InferenceRequest } from '#contract';
import { parseRequest } from '../http/schema.pipe.js';
import { splitBody } from './inference-body.js';
import { inferenceJob, type InferenceJob } from './inference-job.js';

const observations = { name: 'observations', shape: [1, 2], datatype: 'FP32' };
const seed = { name: 'seed', shape: [1], datatype: 'INT64' };
const plain = { ...observations, data: [1, 2] };
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const sized = (binary_data_size: number) => ({ parameters: { binary_data_size } });

function read(body: object, bytes: Uint8Array = Buffer.alloc(0)): InferenceJob {
  return inferenceJob('m', parseRequest(InferenceRequest, body), Buffer.from(bytes));
}

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : error;
  }
}

describe('inferenceJob', () => {
  it('reads bytes in the order of the inputs, and the same from flat and from nested data', () => {
    const bytes = Buffer.concat([floats(1, 2), Buffer.alloc(8, 0)]);
    bytes.writeBigInt64LE(9_007_199_254_740_991n, 8);
    const fromBytes = read(
      {
        inputs: [
          { ...observations, ...sized(8) },
          { ...seed, ...sized(8) },
        ],
      },
      bytes,
    );
    const seeded = (data: unknown[]) =>
      read({
        inputs: [
          { ...seed, data: [9_007_199_254_740_991] },
          { ...observations, data },
        ],
      });
    expect(fromBytes.request).toMatchObject({ model: 'm', seed: Number.MAX_SAFE_INTEGER });
    expect(seeded([1, 2])).toEqual(fromBytes);
    expect(seeded([[1, 2]])).toEqual(fromBytes);
  });

  it.each([
    [{ priority: 0 }, { priority: 'normal' }],
    [{ priority: 1 }, { priority: 'interactive' }],
    [{ priority: 3 }, { priority: 'bulk' }],
    [{ priority: 'interactive' }, { priority: 'interactive' }],
    [{ timeout: 1 }, { deadlineMs: 1 }],
    [{ timeout: 2_500 }, { deadlineMs: 3 }],
    [
      { num_inference_steps: 3, clip_sample: false },
      { numInferenceSteps: 3, clipSample: false },
    ],
    [
      { supersede_key: 'a', precision: 'int8' },
      { supersedeKey: 'a', precision: 'int8' },
    ],
  ])('takes %j for %j', (parameters, fields) => {
    expect(read({ parameters, inputs: [plain] }).request).toMatchObject(fields);
  });

  it('has no deadline where the time-out is 0', () => {
    expect(read({ parameters: { timeout: 0 }, inputs: [plain] }).request.deadlineMs).toBeUndefined();
  });

  it.each([
    [{}, undefined, false],
    [{ binary_data_output: true }, undefined, true],
    [{ binary_data_output: true }, [{ name: 'actions' }], true],
    [{ binary_data_output: true }, [{ name: 'actions', parameters: { binary_data: false } }], false],
    [{}, [{ name: 'actions', parameters: { binary_data: true } }], true],
  ])('asks with %j and the outputs %j for bytes: %s', (parameters, outputs, isBinary) => {
    expect(read({ parameters, outputs, inputs: [plain] }).isBinary).toBe(isBinary);
  });

  it.each<[string, object, Uint8Array | undefined, RegExp]>([
    ['an unknown input', { inputs: [plain, { ...plain, name: 'image' }] }, undefined, /^unknown_field: inputs.1.name/],
    ['an input twice', { inputs: [plain, plain] }, undefined, /^validation_failed: inputs.1.name: .* twice/],
    [
      'an unknown output',
      { inputs: [plain], outputs: [{ name: 'x' }] },
      undefined,
      /^validation_failed: outputs.0.name/,
    ],
    ['an unknown member', { inputs: [plain], raw: 1 }, undefined, /^unknown_field: raw/],
    [
      'an unknown parameter',
      { parameters: { speed: 1 }, inputs: [plain] },
      undefined,
      /^unknown_field: parameters.speed/,
    ],
    ['a sequence', { parameters: { sequence_id: 1 }, inputs: [plain] }, undefined, /^unknown_field/],
    [
      'shared memory',
      { inputs: [{ ...observations, parameters: { shared_memory_region: 'x' } }] },
      undefined,
      /^unknown_field/,
    ],
    [
      'a wrong priority',
      { parameters: { priority: 4 }, inputs: [plain] },
      undefined,
      /^validation_failed: parameters.priority/,
    ],
    [
      'another datatype',
      { inputs: [{ ...plain, datatype: 'FP64' }] },
      undefined,
      /^unsupported_dtype: .* must be FP32, got "FP64"/,
    ],
    ['no numbers', { inputs: [observations] }, undefined, /^validation_failed: observations: expected its numbers/],
    ['numbers twice', { inputs: [{ ...plain, ...sized(8) }] }, floats(1, 2), /^validation_failed: observations/],
    ['a size below 0', { inputs: [{ ...observations, ...sized(-8) }] }, undefined, /^validation_failed/],
    ['a shape below 0', { inputs: [{ ...plain, shape: [-1, 2] }] }, undefined, /^validation_failed: inputs.0.shape.0/],
    [
      'nine dimensions',
      { inputs: [{ ...plain, shape: Array(9).fill(1) }] },
      undefined,
      /^validation_failed: inputs.0.shape/,
    ],
    ['a size of another shape', { inputs: [{ ...observations, ...sized(12) }] }, floats(1, 2, 3), /^size_mismatch/],
    ['bytes that are missing', { inputs: [{ ...observations, ...sized(8) }] }, floats(1), /^size_mismatch/],
    ['bytes of nobody', { inputs: [plain] }, floats(1), /^size_mismatch: 4 bytes follow/],
    ['other numbers than its shape', { inputs: [{ ...plain, data: [1, 2, 3] }] }, undefined, /^shape_mismatch/],
    ['ragged data', { inputs: [{ ...plain, shape: [2, 2], data: [[1, 2, 3], [4]] }] }, undefined, /^shape_mismatch/],
    ['text', { inputs: [{ ...plain, data: ['1', '2'] }] }, undefined, /^validation_failed/],
    ['what float32 cannot hold', { inputs: [{ ...plain, data: [1e39, 2] }] }, undefined, /^non_finite_input/],
    ['a seed below 0', { inputs: [plain, { ...seed, data: [-1] }] }, undefined, /^validation_failed: seed/],
    ['half a seed', { inputs: [plain, { ...seed, data: [1.5] }] }, undefined, /^validation_failed: seed/],
    ['two seeds', { inputs: [plain, { ...seed, shape: [2], data: [1, 2] }] }, undefined, /^shape_mismatch: seed/],
    [
      'a seed beyond 2^53',
      { inputs: [plain, { ...seed, ...sized(8) }] },
      Buffer.alloc(8, 0x7f),
      /^validation_failed: seed/,
    ],
    [
      'an option twice',
      { parameters: { seed: 1 }, inputs: [plain, { ...seed, data: [2] }] },
      undefined,
      /^validation_failed: seed: .* as a parameter/,
    ],
  ])('refuses %s', (_what, body, bytes, expected) => {
    expect(refusal(() => read(body, bytes))).toMatch(expected);
  });
});

describe('splitBody', () => {
  it('leaves what follows the JSON, which alone may be 1 MiB', () => {
    const { json, bytes } = splitBody(Buffer.concat([Buffer.from('{}'), Buffer.alloc(2_000_000)]), '2');
    expect([json, bytes.length]).toEqual([{}, 2_000_000]);
  });

  it.each(['3', '-1', '1.5', '0x2', ' ', '2,2', '99999999999'])(
    'refuses the length %j of a body of 2 bytes',
    (length) => {
      expect(refusal(() => splitBody(Buffer.from('{}'), length))).toMatch(/^bad_request/);
    },
  );
});
