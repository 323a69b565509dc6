import { zipSync } from 'fflate';
import { encodeNpy } from '../src/formats/npy.js';
import { encodeSafetensors } from '../src/formats/safetensors.js';
import type { TypedTensor } from '../src/formats/tensor.js';

export const observations: TypedTensor = { dtype: 'float32', shape: [3, 2], data: Float32Array.of(0, 1, 2, -3, 4, 5) };
export const actions: TypedTensor = {
  dtype: 'float64',
  shape: [3, 2, 1],
  data: Float64Array.of(10, 20, 30, 40, 50, 60),
};

export function safetensors(tensors: Record<string, TypedTensor>): Uint8Array {
  return encodeSafetensors(Object.entries(tensors).map(([name, tensor]) => ({ name, ...tensor })));
}

export function npz(tensors: Record<string, TypedTensor>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)])),
  );
}

export function zeros(shape: readonly number[]): TypedTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: new Float32Array(count) };
}

/** 0, 1, 2, ... */
export function ramp(shape: readonly number[]): TypedTensor {
  const data = zeros(shape).data.length;
  return { dtype: 'float32', shape, data: Float32Array.from({ length: data }, (_, i) => i) };
}

/** What is wrong, the error's code, and the bytes. */
export function invalidDatasets(): Record<string, [code: string, bytes: Uint8Array]> {
  const of = (first: TypedTensor, second: TypedTensor): [string, Uint8Array] => [
    'dataset_invalid',
    safetensors({ observations: first, actions: second }),
  ];
  const withValue = (value: number): [string, Uint8Array] => [
    'non_finite_input',
    safetensors({
      observations,
      actions: { ...actions, dtype: 'float64', data: Float64Array.of(1, 2, 3, 4, 5, value) },
    }),
  ];
  const good = safetensors({ observations, actions });
  return {
    'a file without bytes': ['dataset_invalid', new Uint8Array(0)],
    'a file without actions': ['dataset_invalid', safetensors({ observations })],
    'a file without observations': ['dataset_invalid', npz({ actions })],
    'one npy file': ['dataset_invalid', encodeNpy(actions)],
    'no rows': of(zeros([0, 2]), zeros([0, 2, 1])),
    'one row': of(zeros([1, 2]), zeros([1, 2, 1])),
    'counts that differ': of(zeros([3, 2]), zeros([4, 2, 1])),
    'observations [N]': of(zeros([3]), zeros([3, 2, 1])),
    'observations [N,2,1]': of(zeros([3, 2, 1]), zeros([3, 2, 1])),
    'actions [N,dim]': of(zeros([3, 2]), zeros([3, 2])),
    'actions of no steps': of(zeros([3, 2]), zeros([3, 0, 1])),
    'actions of no dimensions': of(zeros([3, 2]), zeros([3, 2, 0])),
    'a NaN': withValue(NaN),
    'an infinite number': withValue(-Infinity),
    'a number beyond float32': withValue(1e39),
    'a truncated file': ['invalid_safetensors', good.subarray(0, good.length - 1)],
    'a file of something else': ['unsupported_format', Buffer.from('<!DOCTYPE html><html></html>')],
    'a dtype it cannot read': [
      'unsupported_dtype',
      Buffer.from(Buffer.from(good).toString('latin1').replace('"F64"', '"C64"'), 'latin1'),
    ],
    'padding of other rows': [
      'dataset_invalid',
      safetensors({ observations, actions, action_is_pad: { dtype: 'bool', shape: [2, 2], data: new Uint8Array(4) } }),
    ],
    'padding that is neither true nor false': [
      'dataset_invalid',
      safetensors({
        observations,
        actions,
        action_is_pad: { dtype: 'int8', shape: [3, 2], data: new Int8Array(6).fill(2) },
      }),
    ],
    'nothing but padding': [
      'dataset_invalid',
      safetensors({
        observations,
        actions,
        action_is_pad: { dtype: 'bool', shape: [3, 2], data: new Uint8Array(6).fill(1) },
      }),
    ],
  };
}
