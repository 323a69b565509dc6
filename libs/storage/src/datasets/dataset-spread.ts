import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Numbers } from '#ddim';
import { rowsOfPadding } from './dataset-file.js';
import type { DatasetRows, RowPiece } from './dataset-rows.js';

/** What one number of an observation, or of a step, does over a dataset; in the units of the data. */
interface DimensionSpread {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  /** [HISTOGRAM_BINS] values in equal parts of min..max; all in the first when min is max. */
  readonly histogram: readonly number[];
}

/** The first MEASURED_DIMENSIONS of observations and of steps; what is padding counts nowhere. */
export interface DatasetSpread {
  readonly observations: readonly DimensionSpread[];
  readonly actions: readonly DimensionSpread[];
}

export const HISTOGRAM_BINS = 32;
export const MEASURED_DIMENSIONS = 256;
/** Looked at a time; a turn of the event loop passes in between. */
const PIECE_ELEMENTS = 131_072;

/** Reads all rows twice: once for the ranges, once for what lies in them. @throws StorageError */
export async function measureDataset(rows: DatasetRows): Promise<DatasetSpread> {
  const { obsSize, actionHorizon, actionDim } = rows.sizes;
  const observations = new Columns(obsSize);
  const actions = new Columns(actionDim);
  for (const look of ['range', 'spread'] as const)
    for await (const piece of pieces(rows)) {
      const isUnused = piece.isPad && rowsOfPadding(piece.isPad, actionHorizon);
      observations[look](piece.observations, isUnused);
      actions[look](piece.actions, piece.isPad);
      await nextTurn();
    }
  return { observations: observations.statistics(), actions: actions.statistics() };
}

async function* pieces(rows: DatasetRows): AsyncGenerator<RowPiece> {
  const { count, obsSize, actionHorizon, actionDim } = rows.sizes;
  const rowsPerPiece = Math.max(Math.floor(PIECE_ELEMENTS / (obsSize + actionHorizon * actionDim)), 1);
  for (let first = 0; first < count; first += rowsPerPiece) yield rows.read(first, rowsPerPiece);
}

/** The columns of an array [items, dim], as far as they are measured; pieces of it come one by one. */
class Columns {
  private readonly measured: number;
  private readonly min: Float64Array;
  private readonly max: Float64Array;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly bins: Uint32Array;
  private items = 0;

  constructor(private readonly dim: number) {
    this.measured = Math.min(dim, MEASURED_DIMENSIONS);
    this.min = new Float64Array(this.measured).fill(Infinity);
    this.max = new Float64Array(this.measured).fill(-Infinity);
    this.sum = new Float64Array(this.measured);
    this.squares = new Float64Array(this.measured);
    this.bins = new Uint32Array(this.measured * HISTOGRAM_BINS);
  }

  /** The first look. @param skipped [items] of the piece, 1: not looked at */
  range(values: Numbers, skipped: Uint8Array | undefined): void {
    for (let item = 0; item * this.dim < values.length; item++) if (skipped?.[item] !== 1) this.widen(values, item);
  }

  /** The second look, when the ranges are known. */
  spread(values: Numbers, skipped: Uint8Array | undefined): void {
    for (let item = 0; item * this.dim < values.length; item++) if (skipped?.[item] !== 1) this.sort(values, item);
  }

  statistics(): DimensionSpread[] {
    return Array.from({ length: this.measured }, (_, j) => ({
      min: this.min[j],
      max: this.max[j],
      mean: this.sum[j] / this.items,
      deviation: Math.sqrt(this.squares[j] / this.items),
      histogram: [...this.bins.subarray(j * HISTOGRAM_BINS, (j + 1) * HISTOGRAM_BINS)],
    }));
  }

  private widen(values: Numbers, item: number): void {
    this.items += 1;
    for (let j = 0; j < this.measured; j++) {
      const value = values[item * this.dim + j];
      if (value < this.min[j]) this.min[j] = value;
      if (value > this.max[j]) this.max[j] = value;
      this.sum[j] += value;
    }
  }

  private sort(values: Numbers, item: number): void {
    for (let j = 0; j < this.measured; j++) {
      const value = values[item * this.dim + j];
      const width = this.max[j] - this.min[j];
      const bin = width === 0 ? 0 : Math.floor(((value - this.min[j]) / width) * HISTOGRAM_BINS);
      this.bins[j * HISTOGRAM_BINS + Math.min(bin, HISTOGRAM_BINS - 1)] += 1;
      this.squares[j] += (value - this.sum[j] / this.items) ** 2;
    }
  }
}
