import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { DatasetStore } from './dataset-store.js';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import { encodeNpy } from '../formats/npy.js';
import type { TypedTensor } from '../formats/tensor.js';
import { actions, invalidDatasets, npz, observations, ramp, safetensors, zeros } from '../../testing/datasets.js';

const ORPHAN_AGE_MS = 26 * 3_600_000;

let root: string;
let artifacts: ArtifactStore;
let datasets: DatasetStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stride-datasets-'));
  artifacts = new ArtifactStore(openStore(root));
  datasets = new DatasetStore(openStore(root));
});

afterEach(() => {
  if (existsSync(join(root, 'tmp'))) expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  rmSync(root, { recursive: true });
});

describe('DatasetStore', () => {
  it.each([
    ['safetensors', safetensors({ observations, actions })],
    ['npz', npz({ observations, actions })],
  ])('keeps %s with its sizes and ranges', async (_, bytes) => {
    const record = await datasets.put('pens', stream(bytes));
    expect(record).toEqual({
      name: 'pens',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: bytes.length,
      count: 3,
      obsSize: 2,
      actionHorizon: 2,
      actionDim: 1,
      observationRange: { min: -3, max: 5 },
      actionRange: { min: 10, max: 60 },
      actionRanges: { min: [10], max: [60] },
      paddedSteps: 0,
      warnings: [],
      createdAt: expect.stringMatching(/^20.*Z$/),
    });
    const elsewhere = new DatasetStore(openStore(root));
    expect(await elsewhere.get('pens')).toEqual(record);
    expect(await elsewhere.list()).toEqual([record]);
    expect(await elsewhere.owners()).toEqual(new Set([record.sha256]));
    expect(await elsewhere.read(record)).toEqual({
      observations: observations.data,
      actions: Float64Array.of(10, 20, 30, 40, 50, 60),
      count: 3,
    });
  });

  it('accepts trajectories without observations', async () => {
    const nothing: TypedTensor = { dtype: 'float32', shape: [3, 0], data: new Float32Array(0) };
    const record = await datasets.put('free', safetensors({ observations: nothing, actions }));
    expect(record).toMatchObject({ count: 3, obsSize: 0 });
    expect(record.observationRange).toBeUndefined();
  });

  it('finds the ranges of more rows than it looks at in one turn', async () => {
    const count = 700_000;
    const data = Float32Array.from({ length: count * 3 }, (_, i) => (i % 3) * 1e6 + Math.floor(i / 3));
    const wide: TypedTensor = { dtype: 'float32', shape: [count, 1, 3], data };
    const labels: TypedTensor = { dtype: 'uint8', shape: [count, 1], data: new Uint8Array(count).fill(7) };
    const record = await datasets.put('long', safetensors({ observations: labels, actions: wide }));
    expect(record.actionRanges).toEqual({ min: [0, 1e6, 2e6], max: [count - 1, 1e6 + count - 1, 2e6 + count - 1] });
    expect(record.actionRange).toEqual({ min: 0, max: 2e6 + count - 1 });
    expect(record.observationRange).toEqual({ min: 7, max: 7 });
  });

  it('keeps rows as wide as pictures in a record that stays small', async () => {
    const width = 150_528; // 224 x 224 x 3
    const bytes = safetensors({ observations: ramp([2, width]), actions: ramp([2, 1, width]) });
    const record = await datasets.put('pictures', bytes);
    expect(record).toMatchObject({
      obsSize: width,
      observationRange: { min: 0, max: 2 * width - 1 },
      actionRange: { min: 0, max: 2 * width - 1 },
    });
    expect(await datasets.list()).toEqual([record]);
    expect(statSync(join(root, 'datasets', 'pictures.json')).size).toBeLessThan(1_000);
  });

  it.each([
    ['observations', [2, 1_048_577], [2, 1, 1]],
    ['actions', [2, 1], [2, 1_049, 1_000]],
  ])('refuses wider %s with the limit', async (field, observationShape, actionShape) => {
    const put = datasets.put('wide', safetensors({ observations: bits(observationShape), actions: bits(actionShape) }));
    await expect(put).rejects.toMatchObject({ code: 'limit_exceeded', field });
    await expect(put).rejects.toThrow(`${field} may have at most 1048576 numbers per row`);
  });

  it('reads records that hold every range', async () => {
    const record = await datasets.put('pens', safetensors({ observations, actions }));
    const { actionRanges: _, ...former } = record;
    const ranges = { observationRange: { min: [0, -3], max: [4, 5] }, actionRange: { min: [10], max: [60] } };
    writeFileSync(join(root, 'datasets', 'pens.json'), JSON.stringify({ ...former, ...ranges }));
    expect(await datasets.get('pens')).toEqual(former);
  });

  it('lists the others beside a damaged record, which is reported, and a foreign file', async () => {
    const heard: string[] = [];
    datasets = new DatasetStore(openStore(root), (what) => heard.push(what));
    const record = await datasets.put('pens', safetensors({ observations, actions }));
    writeFileSync(join(root, 'datasets', 'broken.json'), '{"name": "bro');
    writeFileSync(join(root, 'datasets', 'NOT OURS.json'), '{}');
    expect(await datasets.list()).toEqual([record]);
    expect(heard).toEqual(['datasets/broken.json']);
    await expect(datasets.get('broken')).rejects.toMatchObject({ code: 'artifact_corrupt' });
  });

  it('leaves a sweep the bytes that a damaged record still names, and all bytes where it names none', async () => {
    const { sha256 } = await datasets.put('pens', safetensors({ observations, actions }));
    writeFileSync(join(root, 'datasets', 'pens.json'), `{"name": "pens", "sha256": "${sha256}", "by`);
    expect(await datasets.owners()).toEqual(new Set([sha256]));
    writeFileSync(join(root, 'datasets', 'pens.json'), '{"name": "pe');
    await expect(datasets.owners()).rejects.toMatchObject({ code: 'artifact_corrupt' });
  });

  it('puts a new dataset in the place of a damaged record, and deletes one', async () => {
    await datasets.put('pens', safetensors({ observations, actions }));
    writeFileSync(join(root, 'datasets', 'pens.json'), '{');
    const record = await datasets.put('pens', safetensors({ observations, actions }));
    expect(await datasets.get('pens')).toEqual(record);
    writeFileSync(join(root, 'datasets', 'pens.json'), '{');
    await datasets.delete('pens');
    await expect(datasets.get('pens')).rejects.toMatchObject({ code: 'dataset_not_found' });
  });

  it('reads which steps are padding, and leaves them out of every check and range', async () => {
    const isPad: TypedTensor = { dtype: 'bool', shape: [4, 2], data: Uint8Array.of(0, 0, 0, 1, 1, 0, 1, 1) };
    const padded: TypedTensor = {
      dtype: 'float32',
      shape: [4, 2, 1],
      data: Float32Array.of(1, 2, 3, NaN, 1e9, 4, -1e9, NaN),
    };
    const labels: TypedTensor = { dtype: 'float32', shape: [4, 1], data: Float32Array.of(1, 2, 3, 99) };
    const file = npz({ observations: labels, actions: padded, action_is_pad: isPad });
    const record = await datasets.put('padded', file);
    expect(record).toMatchObject({
      paddedSteps: 4,
      observationRange: { min: 1, max: 3 },
      actionRanges: { min: [1], max: [4] },
      warnings: [{ code: 'padded_rows', message: '1 rows are padding from end to end and not used' }],
    });
    expect((await datasets.read(record)).actionIsPad).toEqual(isPad.data);
    expect(await datasets.list()).toEqual([record]);
  });

  it('names the arrays that nothing reads, of whatever type, and reads the others', async () => {
    const strings = Buffer.from(encodeNpy(observations));
    strings.write("'<U1'", strings.indexOf("'<f4'"), 'latin1');
    const file = zipSync({
      'observations.npy': encodeNpy(observations),
      'actions.npy': encodeNpy(actions),
      'task.npy': strings,
      'frame_index.npy': encodeNpy({ dtype: 'int16', shape: [3], data: Int16Array.of(1, 2, 3) }),
    });
    const record = await datasets.put('named', file);
    expect(record.warnings).toEqual([
      { code: 'ignored_arrays', message: 'arrays of the file that nothing reads: "task", "frame_index"' },
    ]);
    const asObservations = zipSync({ 'observations.npy': strings, 'actions.npy': encodeNpy(actions) });
    await expect(datasets.put('strings', asObservations)).rejects.toMatchObject({
      code: 'unsupported_dtype',
      field: 'observations',
      message: expect.stringContaining('observations must be of a type among'),
    });
  });

  it('warns of dimensions that never move, and of those that float32 cannot follow', async () => {
    const rows = [0, 1, 2].map((i) => [0.04, i, 5_412_345 + i, 7]);
    const wide = { dtype: 'float64', data: Float64Array.from(rows.flat()) } as const;
    const file = safetensors({ observations: { ...wide, shape: [3, 4] }, actions: { ...wide, shape: [3, 1, 4] } });
    const { warnings } = await datasets.put('still', file);
    expect(warnings.map(({ code, message }) => [code, message.slice(0, message.indexOf(';'))])).toEqual([
      ['constant_dimensions', 'observations that never move: 0, 3'],
      ['nearly_constant_dimensions', 'observations that move little beside their distance from 0: 2'],
      ['constant_dimensions', 'actions that never move: 0, 3'],
      ['nearly_constant_dimensions', 'actions that move little beside their distance from 0: 2'],
    ]);
    const many = await datasets.put(
      'many',
      safetensors({ observations: zeros([2, 100_000]), actions: zeros([2, 1, 1]) }),
    );
    expect(many.warnings[0]?.message).toContain('0, 1, 2, 3, 4, 5, 6, 7 and 99992 more;');
  });

  it.each(Object.entries(invalidDatasets()))('refuses %s and stores nothing', async (_, [code, bytes]) => {
    await expect(datasets.put('bad', stream(bytes))).rejects.toMatchObject({ name: 'InputError', code });
    expect(await datasets.list()).toEqual([]);
    expect(readdirSync(root)).toEqual(['tmp']);
  });

  it('refuses more bytes than allowed, and other bytes than announced', async () => {
    const bytes = safetensors({ observations, actions });
    await expect(datasets.put('big', stream(bytes), { maxBytes: 10 })).rejects.toMatchObject({
      code: 'payload_too_large',
    });
    await expect(datasets.put('big', bytes, { sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(await datasets.list()).toEqual([]);
  });

  it.each(['../escape', '.hidden', 'a/b', 'UPPER', '', 'a'.repeat(65), 'ü', 'a\0', '-a'])(
    'touches no file for the name %j',
    async (name) => {
      const calls = [
        datasets.put(name, safetensors({ observations, actions })),
        datasets.get(name),
        datasets.delete(name),
      ];
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: 'invalid_id' })));
      expect(readdirSync(root)).toEqual([]);
    },
  );

  it('replaces a dataset, while jobs that were accepted before still find the former bytes for a day', async () => {
    const former = await datasets.put('pens', safetensors({ observations, actions }));
    makeOld(former.sha256);
    const present = await datasets.put('pens', safetensors({ observations, actions: observations3d() }));
    expect(await datasets.list()).toEqual([present]);
    await artifacts.sweep(Date.now(), await datasets.owners(), ORPHAN_AGE_MS);
    expect(await datasets.read(former)).toMatchObject({ count: 3 });
  });

  it('forgets a dataset, while jobs that were accepted before still find its bytes for a day', async () => {
    const record = await datasets.put('pens', safetensors({ observations, actions }));
    makeOld(record.sha256);
    await datasets.delete('pens');
    await expect(datasets.get('pens')).rejects.toMatchObject({ code: 'dataset_not_found' });
    await expect(datasets.delete('pens')).rejects.toMatchObject({ code: 'dataset_not_found' });
    await artifacts.sweep(Date.now(), await datasets.owners(), ORPHAN_AGE_MS);
    expect(await datasets.read(record)).toMatchObject({ count: 3 });
  });
});

function makeOld(sha256: string): void {
  const time = new Date(Date.now() - 100 * 3_600_000);
  utimesSync(join(root, sha256.slice(0, 2), sha256), time, time);
}

function observations3d(): TypedTensor {
  return { ...observations, shape: [3, 2, 1] };
}

function bits(shape: readonly number[]): TypedTensor {
  return { dtype: 'bool', shape, data: new Uint8Array(shape.reduce((product, size) => product * size, 1)) };
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 100);
  }
}
