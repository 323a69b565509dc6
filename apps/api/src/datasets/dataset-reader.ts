import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { MAX_ROW_NUMBERS, type DatasetRowPage, type DatasetStatistics } from '#contract';
import { InputError, type Numbers } from '#ddim';
import { DatasetStore, measureDataset, type DatasetRecord, type DatasetRows, type DatasetSpread } from '#storage';
import { fieldProblem } from '../http/problem.js';

export const DatasetRowQuery = z.strictObject({
  first: z.coerce.number().int().min(0).default(0).describe('Row that comes first, from 0'),
  count: z.coerce.number().int().min(1).max(1_024).default(16).describe('Rows that are wanted'),
});
export type DatasetRowQuery = z.output<typeof DatasetRowQuery>;

/** Files that are decoded as a whole stay in memory up to so many bytes together, for so long. */
const OPEN_BYTES = 256 * 1_024 ** 2;
const OPEN_MS = 60_000;
const MAX_MEASURED = 64;

/**
 * Looks into stored datasets. What it finds belongs to the hash of the file, so that it is found once; files
 * are read one at a time, and only one is measured.
 */
@Injectable()
export class DatasetReader {
  private readonly readings = new Turns();
  private readonly measurements = new Turns();
  private readonly open: LRUCache<string, DatasetRows, DatasetRecord>;
  private readonly measured: LRUCache<string, DatasetSpread, DatasetRecord>;

  constructor(datasets: DatasetStore) {
    this.open = new LRUCache<string, DatasetRows, DatasetRecord>({
      maxSize: OPEN_BYTES,
      sizeCalculation: ({ memoryBytes }) => memoryBytes,
      ttl: OPEN_MS,
      ttlAutopurge: true,
      fetchMethod: (_hash, _stale, { context }) => datasets.rows(context),
    });
    this.measured = new LRUCache<string, DatasetSpread, DatasetRecord>({
      max: MAX_MEASURED,
      fetchMethod: (_hash, _stale, { context }) =>
        this.measurements.take(async () => measureDataset(await datasets.rows(context))),
    });
  }

  /** @throws StorageError */
  async statistics(record: DatasetRecord): Promise<DatasetStatistics> {
    const { name, sha256 } = record;
    const { observations, actions } = await this.measured.forceFetch(sha256, { context: record });
    return { name, sha256, observations: plain(observations), actions: plain(actions) };
  }

  /** @throws HttpProblem `validation_failed` past the last row; InputError `limit_exceeded`; StorageError */
  async rows(record: DatasetRecord, { first, count }: DatasetRowQuery): Promise<DatasetRowPage> {
    const { name, sha256, obsSize, actionHorizon, actionDim } = record;
    if (first >= record.count)
      throw fieldProblem('first', `expected an integer in 0..${record.count - 1}, got ${first}`);
    const rowNumbers = obsSize + actionHorizon * actionDim;
    if (rowNumbers > MAX_ROW_NUMBERS)
      throw new InputError(
        'limit_exceeded',
        `an answer holds at most ${MAX_ROW_NUMBERS} numbers, and a row of this dataset has ${rowNumbers}`,
      );
    const wanted = Math.min(count, Math.floor(MAX_ROW_NUMBERS / rowNumbers));
    const piece = await this.readings.take(async () =>
      (await this.open.forceFetch(sha256, { context: record })).read(first, wanted),
    );
    const rows = <Row>(row: (i: number) => Row) => Array.from({ length: piece.count }, (_, i) => row(i));
    const { isPad } = piece;
    return {
      name,
      sha256,
      first,
      observations: rows((i) => part(piece.observations, i, obsSize)),
      actions: rows((i) =>
        Array.from({ length: actionHorizon }, (_, h) => part(piece.actions, i * actionHorizon + h, actionDim)),
      ),
      padding: isPad ? rows((i) => part(isPad, i, actionHorizon).map((pad) => pad === 1)) : null,
    };
  }
}

function plain(dimensions: DatasetSpread['actions']): DatasetStatistics['actions'] {
  return dimensions.map(({ histogram, ...dimension }) => ({ ...dimension, histogram: [...histogram] }));
}

/** Lets one at a time work, in the order in which they came. */
class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

/** Padding may hold what is no number, which JSON has no word for. */
function part(values: Numbers | Uint8Array, i: number, size: number): number[] {
  return Array.from(values.subarray(i * size, (i + 1) * size), (value) => (Number.isFinite(value) ? value : 0));
}
