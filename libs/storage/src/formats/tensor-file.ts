import { assertNever, InputError } from '#ddim';
import { decodeNpy } from './npy.js';
import { decodeNpz, npzNames } from './npz.js';
import { decodeSafetensors } from './safetensors.js';
import { parseSafetensorsHeader } from './safetensors-header.js';
import type { TypedTensor } from './tensor.js';

type TensorFileFormat = 'safetensors' | 'npy' | 'npz';

const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ZIP_MAGICS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
];
const OPENING_BRACE = 0x7b;

/**
 * What a file is by its first bytes; names and media types prove nothing.
 * @throws InputError `unsupported_format` for pickles, pictures, web pages, ONNX and whatever else
 */
export function tensorFileFormat(bytes: Uint8Array): TensorFileFormat {
  const startsWith = (magic: readonly number[]) => magic.every((byte, i) => bytes[i] === byte);
  if (startsWith(NPY_MAGIC)) return 'npy';
  if (ZIP_MAGICS.some(startsWith)) return 'npz';
  if (isSafetensors(bytes)) return 'safetensors';
  throw new InputError('unsupported_format', 'the file must be safetensors, npy or npz');
}

/** Whether a file begins like safetensors. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === OPENING_BRACE || declaresShortHeader(bytes);
}

/** The one array of an npy file is called so. */
const NPY_NAME = 'array';

/** Names of all arrays of a file; what they hold is not looked at. @throws InputError of the decoders */
export function tensorNames(bytes: Uint8Array): readonly string[] {
  const format = tensorFileFormat(bytes);
  switch (format) {
    case 'safetensors':
      return parseSafetensorsHeader(bytes).entries.map(({ name }) => name);
    case 'npz':
      return npzNames(bytes);
    case 'npy':
      return [NPY_NAME];
    default:
      return assertNever(format);
  }
}

/**
 * The arrays of a file by name, or those that are wanted of them; others may be of any dtype. @throws
 * InputError of the decoders
 */
export async function decodeTensorFile(
  bytes: Uint8Array,
  wanted?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, TypedTensor>> {
  const format = tensorFileFormat(bytes);
  switch (format) {
    case 'safetensors':
      return decodeSafetensors(bytes, wanted).tensors;
    case 'npz':
      return decodeNpz(bytes, wanted);
    case 'npy':
      return new Map([[NPY_NAME, decodeNpy(bytes)]]);
    default:
      return assertNever(format);
  }
}

/**
 * The tensor of a file that holds just one: npy, or safetensors. @throws InputError `unsupported_format` or
 * the decoders'
 */
export function decodeSingleTensor(bytes: Uint8Array): TypedTensor {
  const format = tensorFileFormat(bytes);
  if (format === 'npy') return decodeNpy(bytes);
  const tensors = format === 'safetensors' ? [...decodeSafetensors(bytes).tensors.values()] : [];
  if (tensors.length !== 1)
    throw new InputError('unsupported_format', 'the file must be npy, or safetensors with exactly one tensor');
  return tensors[0];
}

/** A header length that fits into the file: most other formats read as an absurd one. */
function declaresShortHeader(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) <= BigInt(bytes.length);
}
