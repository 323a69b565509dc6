import type { Schemas } from './api-client.js';
import { StrideError } from './stride-error.js';

type EncodedTensor = Schemas['EncodedTensor'];

const BYTES_PER_FLOAT = 4;
/** Arguments of one call: many would not fit the stack. */
const CHARACTERS_AT_A_TIME = 8_192;

/**
 * Numbers as the service takes them in a request: a third of the bytes of nested arrays, and less work.
 * @param shape its product is the length of `values`
 * @throws RangeError when it is not
 */
export function packTensor(values: Float32Array, shape: readonly number[]): EncodedTensor {
  if (shape.reduce((product, size) => product * size, 1) !== values.length)
    throw new RangeError(`${values.length} numbers have not the shape [${shape.join(', ')}]`);
  const bytes = new DataView(new ArrayBuffer(values.length * BYTES_PER_FLOAT));
  values.forEach((value, i) => bytes.setFloat32(i * BYTES_PER_FLOAT, value, true));
  return { shape: [...shape], dtype: 'float32', data: toBase64(new Uint8Array(bytes.buffer)) };
}

/** The numbers of an encoded tensor, row-major. @throws StrideError `unexpected_answer` when it is none */
export function unpackTensor(data: unknown): Float32Array {
  if (typeof data !== 'string') throw new StrideError('unexpected_answer', 'a tensor must be base64');
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / BYTES_PER_FLOAT }, (_, i) => view.getFloat32(i * 4, true));
}

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += CHARACTERS_AT_A_TIME)
    pieces.push(String.fromCharCode(...bytes.subarray(from, from + CHARACTERS_AT_A_TIME)));
  return btoa(pieces.join(''));
}
