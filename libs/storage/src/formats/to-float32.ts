import { assertNever, type Numbers } from '#ddim';
import type { TypedTensor } from './tensor.js';

/**
 * A tensor's elements rounded to float32: the data themselves when they are float32 already, else a new
 * array. Values beyond float32 become infinite; bool becomes 0 or 1.
 */
export function toFloat32(tensor: TypedTensor): Float32Array {
  switch (tensor.dtype) {
    case 'float32':
      return tensor.data;
    case 'float16':
      return halvesToFloat32(tensor.data);
    case 'bfloat16':
      return upperHalvesToFloat32(tensor.data);
    case 'float64':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return new Float32Array(tensor.data);
    case 'int64':
    case 'uint64':
      return new Float32Array(integersToFloat64(tensor.data));
    case 'bool':
      return Float32Array.from(tensor.data, (value) => (value === 0 ? 0 : 1));
    default:
      return assertNever(tensor);
  }
}

/**
 * A tensor's elements in float32 where that holds all of its dtype, else in float64: nothing is rounded but
 * 64-bit integers.
 */
export function toNumbers(tensor: TypedTensor): Numbers {
  switch (tensor.dtype) {
    case 'float64':
      return tensor.data;
    case 'int32':
    case 'uint32':
      return new Float64Array(tensor.data);
    case 'int64':
    case 'uint64':
      return integersToFloat64(tensor.data);
    case 'bfloat16':
    case 'bool':
    case 'float16':
    case 'float32':
    case 'int8':
    case 'int16':
    case 'uint8':
    case 'uint16':
      return toFloat32(tensor);
    default:
      return assertNever(tensor);
  }
}

/** IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
function halvesToFloat32(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const exponent = (bits[i] >> 10) & 31;
    const fraction = bits[i] & 1023;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1024 + fraction) * 2 ** (exponent - 25);
    out[i] = bits[i] >> 15 === 0 ? magnitude : -magnitude;
  }
  return out;
}

/** bfloat16 is the upper half of a float32. */
function upperHalvesToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  return new Float32Array(words.buffer);
}

function integersToFloat64(integers: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(integers.length);
  for (let i = 0; i < integers.length; i++) out[i] = Number(integers[i]);
  return out;
}
