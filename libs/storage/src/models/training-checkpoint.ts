import { InputError } from '#ddim';
import type { TrainingCheckpoint } from '#training';
import { z } from 'zod';
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js';

/** Raised when an older reader would misread what is written. */
const FORMAT = 1;
const METADATA_KEY = 'stride_checkpoint';

const Header = z.object({
  format: z.literal(FORMAT),
  update: z.int().min(0),
  configHash: z.string(),
  backend: z.string(),
  provider: z.string(),
});

/**
 * A training checkpoint as a safetensors file; the same checkpoint gives the same bytes. @throws InputError
 * `shape_mismatch`
 */
export function encodeTrainingCheckpoint(checkpoint: TrainingCheckpoint): Uint8Array {
  const { update, configHash, backend, provider, tensors, metadata } = checkpoint;
  const header = JSON.stringify({ format: FORMAT, update, configHash, backend, provider });
  return encodeSafetensors(tensors, { ...metadata, [METADATA_KEY]: header });
}

/** @throws InputError `unsupported_format` for a file of something else, or the codes of decodeSafetensors */
export function decodeTrainingCheckpoint(bytes: Uint8Array): TrainingCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { [METADATA_KEY]: header, ...others } = metadata;
  const parsed = parseHeader(header);
  const floats = [...tensors.values()].map((tensor) => {
    if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64')
      throw new InputError(
        'unsupported_dtype',
        `tensor ${tensor.name} must be float32 or float64, got ${tensor.dtype}`,
      );
    return { name: tensor.name, shape: tensor.shape, data: tensor.data };
  });
  return { ...parsed, tensors: floats, metadata: others };
}

function parseHeader(text: string | undefined): Omit<z.output<typeof Header>, 'format'> {
  try {
    const { update, configHash, backend, provider } = Header.parse(JSON.parse(text ?? 'null'));
    return { update, configHash, backend, provider };
  } catch (cause) {
    throw new InputError('unsupported_format', `metadata ${METADATA_KEY} must describe a training checkpoint`, {
      cause,
    });
  }
}
