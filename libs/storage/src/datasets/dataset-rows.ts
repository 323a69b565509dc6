import type { Numbers } from '#ddim';
import { SAFETENSORS_HEAD_BYTES } from '../formats/safetensors-header.js';
import { safetensorsPlaces } from '../formats/safetensors.js';
import { tensorFileFormat } from '../formats/tensor-file.js';
import { ITEM_BYTES, tensorBytes, viewTensor, type Dtype, type TypedTensor } from '../formats/tensor.js';
import { toNumbers } from '../formats/to-float32.js';
import type { ByteRange } from '../stores/store.js';
import { DATASET_ARRAYS, openDataset } from './dataset-file.js';
import type { DatasetRecord } from './dataset-record.js';

/** Some rows of a dataset, row-major, in the units of the data. */
export interface RowPiece {
  readonly first: number;
  readonly count: number;
  /** [count, obsSize] */
  readonly observations: Numbers;
  /** [count, horizon, dim] */
  readonly actions: Numbers;
  /** [count, horizon], 1: the step is padding; absent: none is. */
  readonly isPad: Uint8Array | undefined;
}

type Sizes = Pick<DatasetRecord, 'count' | 'obsSize' | 'actionHorizon' | 'actionDim'>;
type ReadBytes = (range: ByteRange) => Promise<Uint8Array>;

/** One array of a file; the bytes of a range are read when they are asked for. */
interface StoredArray {
  readonly dtype: Dtype;
  readonly read: ReadBytes;
}

/** The rows of a stored dataset, of which only those are read that somebody asks for. */
export class DatasetRows {
  constructor(
    readonly sizes: Sizes,
    private readonly arrays: ReadonlyMap<string, StoredArray>,
    /** What it keeps in memory as long as it is kept: all of an npz file. */
    readonly memoryBytes: number,
  ) {}

  /**
   * Rows from `first` on, as far as there are any. @throws StorageError when the store fails
   */
  async read(first: number, wanted: number): Promise<RowPiece> {
    const { obsSize, actionHorizon, actionDim } = this.sizes;
    const count = Math.max(Math.min(wanted, this.sizes.count - first), 0);
    const part = (name: string, rowSize: number) => this.numbers(name, first * rowSize, count * rowSize);
    const [observations, actions, isPad] = await Promise.all([
      part('observations', obsSize),
      part('actions', actionHorizon * actionDim),
      this.arrays.has('action_is_pad') ? part('action_is_pad', actionHorizon) : undefined,
    ]);
    return { first, count, observations, actions, isPad: isPad && Uint8Array.from(isPad) };
  }

  private async numbers(name: string, from: number, length: number): Promise<Numbers> {
    const array = this.arrays.get(name);
    if (array === undefined || length === 0) return new Float32Array(0);
    const itemBytes = ITEM_BYTES[array.dtype];
    const bytes = await array.read({ start: from * itemBytes, end: (from + length) * itemBytes });
    return toNumbers(viewTensor(array.dtype, [length], bytes));
  }
}

/**
 * Opens a stored dataset, which was found good when it was stored. Of safetensors the header alone is read;
 * an npz file, which may be compressed, is read as a whole.
 * @throws what `readFile` throws
 */
export async function openRows(
  record: DatasetRecord,
  readFile: (range?: ByteRange) => Promise<Uint8Array>,
): Promise<DatasetRows> {
  const head = await readFile({ start: 0, end: Math.min(SAFETENSORS_HEAD_BYTES, record.bytes) });
  if (tensorFileFormat(head) !== 'safetensors') return decodedRows(record, await readFile());
  const { places } = safetensorsPlaces(head, { fileBytes: record.bytes, wanted: DATASET_ARRAYS });
  const arrays = [...places].map(([name, { dtype, start }]): [string, StoredArray] => [
    name,
    { dtype, read: (range) => readFile({ start: start + range.start, end: start + range.end }) },
  ]);
  return new DatasetRows(record, new Map(arrays), head.length);
}

async function decodedRows(record: DatasetRecord, bytes: Uint8Array): Promise<DatasetRows> {
  const { observations, actions, actionIsPad } = await openDataset(bytes);
  const arrays = new Map([
    ['observations', inMemory(observations)],
    ['actions', inMemory(actions)],
  ]);
  if (actionIsPad !== undefined)
    arrays.set('action_is_pad', inMemory({ dtype: 'uint8', shape: [actionIsPad.length], data: actionIsPad }));
  const parts = [observations.data, actions.data, actionIsPad];
  return new DatasetRows(
    record,
    arrays,
    parts.reduce((sum, part) => sum + (part?.byteLength ?? 0), 1),
  );
}

function inMemory(tensor: TypedTensor): StoredArray {
  const bytes = tensorBytes(tensor);
  return { dtype: tensor.dtype, read: ({ start, end }) => Promise.resolve(bytes.subarray(start, end)) };
}
