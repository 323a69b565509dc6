/**
 * Elements of a column-major array, whose first index runs fastest, in row-major order; a new array.
 * @param bytes the elements of an array of this shape, itemBytes each: 1, 2, 4 or 8
 */
export function toRowMajor(bytes: Uint8Array, shape: readonly number[], itemBytes: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const aligned = bytes.byteOffset % itemBytes === 0 ? bytes : new Uint8Array(bytes);
  const from = wordsOf(aligned, itemBytes);
  const to = wordsOf(out, itemBytes);
  const wordsPerItem = itemBytes === 8 ? 2 : 1;
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((product, size) => product * size, wordsPerItem));
  const index = shape.map(() => 0);
  let source = 0;
  for (let at = 0; at < to.length; at += wordsPerItem) {
    to[at] = from[source];
    if (wordsPerItem === 2) to[at + 1] = from[source + 1];
    // The last index runs fastest; one that is at its end goes back, and the one before it moves on.
    for (let d = shape.length - 1; d >= 0; d--) {
      source += strides[d];
      if (++index[d] < shape[d]) break;
      source -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return out;
}

/** Whole words: a copy through float64 could change the bits of a NaN. */
function wordsOf(
  { buffer, byteOffset, byteLength }: Uint8Array,
  itemBytes: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (itemBytes === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (itemBytes === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
