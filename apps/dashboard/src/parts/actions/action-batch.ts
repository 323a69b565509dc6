import { unpackTensor, type Schemas } from '#client';

/** Sequences of actions, [rows, horizon, dim], row-major. */
export interface ActionBatch {
  readonly rows: number;
  readonly horizon: number;
  readonly dim: number;
  readonly values: ArrayLike<number>;
}

/** A tensor [horizon, dim] or [rows, horizon, dim] as the API sends it. */
export function tensorBatch({
  shape,
  data,
}: Schemas['EncodedTensor']): ActionBatch & { readonly values: Float32Array } {
  const [dim = 0, horizon = 0, rows = 1] = shape.toReversed();
  return { rows, horizon, dim, values: unpackTensor(data) };
}

/** A batch of nested arrays [rows, horizon, dim]. */
export function batchOf(nested: readonly (readonly (readonly number[])[])[]): ActionBatch {
  const [first = []] = nested;
  return { rows: nested.length, horizon: first.length, dim: first[0]?.length ?? 0, values: nested.flat(2) };
}

/** Number `j` of step `h` of a row. */
export function at({ horizon, dim, values }: ActionBatch, row: number, [h, j]: readonly [number, number]): number {
  return values[(row * horizon + h) * dim + j] ?? Number.NaN;
}

/** Where the actions lead when each is a displacement: the sums from the start, which is 0. */
export function summed(batch: ActionBatch): ActionBatch {
  const { rows, horizon, dim, values } = batch;
  const sums = new Float64Array(rows * (horizon + 1) * dim);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < horizon * dim; i++) {
      const from = row * (horizon + 1) * dim + i;
      sums[from + dim] = (sums[from] ?? 0) + (values[row * horizon * dim + i] ?? 0);
    }
  return { rows, horizon: horizon + 1, dim, values: sums };
}

/** Smallest and largest value of one dimension over all rows. */
export function dimensionRange(batch: ActionBatch, j: number): readonly [min: number, max: number] {
  let [min, max] = [Infinity, -Infinity];
  for (let i = j; i < batch.values.length; i += batch.dim) {
    min = Math.min(min, batch.values[i] ?? min);
    max = Math.max(max, batch.values[i] ?? max);
  }
  return min <= max ? [min, max] : [0, 1];
}
