import { InputError } from '#ddim';
import { MAX_TENSOR_ELEMENTS, type EncodedTensor, type Tensor } from '#contract';

/** A float32 tensor with its shape; data row-major. */
export interface TensorValues {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * The values of a tensor that came in one of the inline wire forms; `field` is its name in errors.
 * @throws InputError `shape_mismatch` for ragged arrays or data of another size, `non_finite_input` for NaN
 * and infinities, `validation_failed` for elements that are no numbers
 */
export function parseTensor(tensor: Exclude<Tensor, { artifact: string }>, field: string): TensorValues {
  const values = Array.isArray(tensor) ? fromNested(tensor, field) : decodeTensor(tensor, field);
  requireFinite(values.data, field);
  return values;
}

/** Little-endian float32 in base64, as job data and results carry it. */
export function encodeTensor({ shape, data }: TensorValues): EncodedTensor {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { shape: [...shape], dtype: 'float32', data: bytes.toString('base64') };
}

/** The inverse of encodeTensor. @throws InputError `shape_mismatch` when data and shape disagree */
export function decodeTensor({ shape, data }: EncodedTensor, field: string): TensorValues {
  const elements = shape.reduce((product, size) => product * size, 1);
  const bytes = Buffer.from(data, 'base64');
  if (elements > MAX_TENSOR_ELEMENTS)
    throw new InputError(
      'limit_exceeded',
      `${field} has ${elements} elements, at most ${MAX_TENSOR_ELEMENTS} are allowed`,
      { field },
    );
  if (bytes.length !== elements * 4)
    throw new InputError(
      'shape_mismatch',
      `${field} of shape [${shape.join(',')}] needs ${elements * 4} bytes of base64 float32, got ${bytes.length}`,
      { field },
    );
  const values = new Float32Array(elements);
  Buffer.from(values.buffer).set(bytes);
  return { shape, data: values };
}

/** @throws InputError `non_finite_input` naming the first offending element */
export function requireFinite(data: Float32Array, field: string): void {
  // A plain loop: `findIndex` boxes every number.
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new InputError('non_finite_input', `${field} must be finite, element ${i} is ${data[i]}`, { field });
}

function fromNested(nested: readonly unknown[], field: string): TensorValues {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  // Before anything is allocated: the first rows alone may claim a size that nothing fills.
  if (!isRegular(nested, shape, 0)) throw ragged(field, shape);
  const elements: readonly unknown[] = nested.flat(shape.length - 1);
  const data = new Float32Array(elements.length);
  for (const [i, element] of elements.entries()) {
    if (typeof element !== 'number')
      throw new InputError('validation_failed', `${field} must hold numbers, got ${describe(element)}`, { field });
    data[i] = element;
  }
  return { shape, data };
}

/** Whether every list at `depth` and below is as long as the shape says. */
function isRegular(level: unknown, shape: readonly number[], depth: number): boolean {
  if (depth === shape.length) return true;
  return (
    Array.isArray(level) &&
    level.length === shape[depth] &&
    (depth === shape.length - 1 || level.every((next) => isRegular(next, shape, depth + 1)))
  );
}

function describe(element: unknown): string {
  return Array.isArray(element) ? 'a list where others have a number' : String(JSON.stringify(element)).slice(0, 40);
}

function ragged(field: string, shape: readonly number[]): InputError {
  return new InputError('shape_mismatch', `${field} must be a regular array, its first rows say [${shape.join(',')}]`, {
    field,
  });
}
