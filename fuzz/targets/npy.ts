import { decodeNpy, encodeNpy, StorageError } from '#storage';
import { InputError } from '#ddim';
import { outcomeOf, type FuzzTarget } from '../target.js';

/** What the reader takes, the writer writes so that it reads the same again. */
export const target: FuzzTarget = {
  seeds: [
    encodeNpy({ dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
    encodeNpy({ dtype: 'int64', shape: [3], data: BigInt64Array.of(1n, -1n, 7n) }),
    encodeNpy({ dtype: 'bool', shape: [], data: Uint8Array.of(1) }),
  ],
  dictionary: ['\x93NUMPY', "'descr'", "'<f4'", "'>f8'", "'|b1'", "'fortran_order'", 'True', "'shape'", '(', ')', ','],
  run: (input) =>
    outcomeOf(
      () => {
        const tensor = decodeNpy(input);
        const again = decodeNpy(encodeNpy(tensor));
        if (Buffer.compare(bytesOf(tensor.data), bytesOf(again.data)) !== 0) throw new TypeError('reads differently');
      },
      (error) => error instanceof InputError || error instanceof StorageError,
    ),
};

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
