import { z } from 'zod';
import { list } from './list.js';
import { ArtifactId } from './names.js';

const MAX_RANK = 8;
/** Numbers of one tensor: 4,096 rows of 4,096 elements. */
export const MAX_TENSOR_ELEMENTS = 16_777_216;

/** Nested arrays of numbers; their shape and contents are checked by `parseTensor`, in one pass. */
const NestedTensor = z.array(z.unknown()).meta({
  description: 'Nested arrays of numbers, all rows equally long',
  examples: [
    [
      [0, 1],
      [2, 3],
    ],
  ],
});

/** Little-endian float32 values in base64. */
export const EncodedTensor = z
  .strictObject({
    shape: list(z.int().min(0).max(MAX_TENSOR_ELEMENTS), { max: MAX_RANK }).describe(
      'Sizes of the dimensions, the outermost first',
    ),
    dtype: z.literal('float32').describe('Type of the numbers'),
    data: z.string().describe('Little-endian float32 in base64, row-major'),
  })
  .meta({ id: 'EncodedTensor' });
export type EncodedTensor = z.output<typeof EncodedTensor>;

/** Bytes uploaded before: an npy file, or safetensors with one tensor. */
const ArtifactTensor = z
  .strictObject({ artifact: ArtifactId.describe('Id of an uploaded tensor: npy, or safetensors with one tensor') })
  .meta({ id: 'ArtifactTensor' });
type ArtifactTensor = z.output<typeof ArtifactTensor>;

/** The three forms of a tensor on the wire. */
export const Tensor = z.union([NestedTensor, EncodedTensor, ArtifactTensor]).meta({ id: 'Tensor' });
export type Tensor = z.output<typeof Tensor>;

/** A tensor inside job data: no nested arrays, which cost three times the bytes. */
export const JobTensor = z.union([EncodedTensor, ArtifactTensor]);
export type JobTensor = z.output<typeof JobTensor>;
