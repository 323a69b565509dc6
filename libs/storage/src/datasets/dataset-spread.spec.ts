import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actions, npz, observations, ramp, safetensors } from '../../testing/datasets.js';
import type { TypedTensor } from '../formats/tensor.js';
import { openStore } from '../stores/open-store.js';
import type { Store } from '../stores/store.js';
import { HISTOGRAM_BINS, MEASURED_DIMENSIONS, measureDataset } from './dataset-spread.js';
import { DatasetStore } from './dataset-store.js';

let root: string;
let store: Store;
let datasets: DatasetStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stride-datasets-'));
  store = openStore(root);
  datasets = new DatasetStore(store);
});

afterEach(() => rmSync(root, { recursive: true }));

const rowsOf = async (bytes: Uint8Array) => datasets.rows(await datasets.put('pens', bytes));
const isPad: TypedTensor = { dtype: 'bool', shape: [3, 2], data: Uint8Array.of(0, 1, 0, 0, 1, 1) };

describe('The rows of a stored dataset', () => {
  it.each([
    ['safetensors', safetensors({ observations, actions, action_is_pad: isPad })],
    ['npz', npz({ observations, actions, action_is_pad: isPad })],
  ])('are those of its %s file, from any row on', async (_, bytes) => {
    const rows = await rowsOf(bytes);
    const piece = await rows.read(1, 9);
    expect({ ...piece, observations: [...piece.observations], actions: [...piece.actions] }).toEqual({
      first: 1,
      count: 2,
      observations: [2, -3, 4, 5],
      actions: [30, 40, 50, 60],
      isPad: Uint8Array.of(0, 0, 1, 1),
    });
    expect(await rows.read(3, 1)).toMatchObject({ count: 0, observations: new Float32Array(0) });
  });

  it('are read without the rest of a safetensors file', async () => {
    const bytes = safetensors({ observations: ramp([1_000, 40]), actions: ramp([1_000, 8, 5]) });
    const record = await datasets.put('long', bytes);
    const counted = { bytes: 0 };
    const blobs = Object.assign(Object.create(store.blobs), {
      get: async (...wanted: Parameters<Store['blobs']['get']>) => {
        const found = await store.blobs.get(...wanted);
        counted.bytes += found?.length ?? 0;
        return found;
      },
    });
    const rows = await new DatasetStore({ ...store, records: store.records, blobs }).rows(record);
    counted.bytes = 0;
    await rows.read(500, 2);
    expect(counted.bytes).toBe(2 * (40 + 8 * 5) * 4);
  });
});

describe('Statistics of a dataset', () => {
  it('are those of every dimension', async () => {
    const { observations: seen, actions: done } = await measureDataset(await rowsOf(npz({ observations, actions })));
    expect(seen).toMatchObject([
      { min: 0, max: 4, mean: 2, deviation: expect.closeTo(Math.sqrt(8 / 3)) },
      { min: -3, max: 5, mean: 1 },
    ]);
    expect(done).toMatchObject([{ min: 10, max: 60, mean: 35 }]);
    for (const [{ histogram }, total] of [...seen.map((one) => [one, 3] as const), [done[0], 6] as const]) {
      expect(histogram).toHaveLength(HISTOGRAM_BINS);
      expect(histogram.reduce((sum, count) => sum + count)).toBe(total);
      expect([histogram.at(0), histogram.at(-1)]).toEqual([1, 1]); // smallest and largest
    }
  });

  it('leave out what is padding, and rows of nothing else', async () => {
    const measured = await measureDataset(await rowsOf(safetensors({ observations, actions, action_is_pad: isPad })));
    expect(measured.observations.map(({ max }) => max)).toEqual([2, 1]);
    expect(measured.actions).toMatchObject([{ min: 10, max: 40, mean: 80 / 3 }]);
  });

  it('count a dimension that never moves in one bin', async () => {
    const still: TypedTensor = { dtype: 'uint8', shape: [3, 1], data: Uint8Array.of(7, 7, 7) };
    const [dimension] = (await measureDataset(await rowsOf(safetensors({ observations: still, actions }))))
      .observations;
    expect(dimension).toMatchObject({ min: 7, max: 7, mean: 7, deviation: 0 });
    expect(dimension.histogram[0]).toBe(3);
  });

  it('are found over more rows than are looked at in one turn, and of the first dimensions alone', async () => {
    const count = 2_000;
    const width = MEASURED_DIMENSIONS + 44;
    const bytes = safetensors({ observations: ramp([count, width]), actions: ramp([count, 1, 1]) });
    const measured = await measureDataset(await rowsOf(bytes));
    expect(measured.observations).toHaveLength(MEASURED_DIMENSIONS);
    expect(measured.observations.at(-1)).toMatchObject({
      min: MEASURED_DIMENSIONS - 1,
      max: (count - 1) * width + MEASURED_DIMENSIONS - 1,
    });
    expect(measured.actions[0].histogram).toEqual(
      Array.from({ length: HISTOGRAM_BINS }, () => expect.toBeOneOf([62, 63])),
    );
  });

  it('of trajectories without observations are those of the actions', async () => {
    const nothing: TypedTensor = { dtype: 'float32', shape: [3, 0], data: new Float32Array(0) };
    const measured = await measureDataset(await rowsOf(safetensors({ observations: nothing, actions })));
    expect(measured.observations).toEqual([]);
    expect(measured.actions).toHaveLength(1);
  });
});
