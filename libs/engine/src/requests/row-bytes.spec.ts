import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeObservations } from '#ddim';
import type { DenoiserBackend, LoadedDenoiser } from '../backend/backend.js';
import { assembleMacroStep } from '../self-test/self-test-rows.js';
import { drive, driveEachAlone } from '../../testing/drive-rows.js';
import {
  bytes,
  chunkedRows,
  config,
  D,
  extendedRows,
  H,
  mixedRows,
  normals,
  parameters,
  plan,
  rowOf,
  someRows,
} from '../../testing/probe-rows.js';
import { openBackend, realBackends } from '../../testing/real-backends.js';

const cases = realBackends.flatMap((real) =>
  (real.kind === 'onnx' ? (['float32', 'int8'] as const) : (['float32'] as const)).map((precision) => ({
    ...real,
    precision,
  })),
);

describe.each(cases)('the bytes of a row on $name in $precision', { timeout: 60_000 }, ({ precision, ...real }) => {
  let backend: DenoiserBackend;
  let denoiser: LoadedDenoiser;
  let alone: string[];
  let extendedAlone: string[];
  beforeAll(async () => {
    backend = await openBackend(real);
    denoiser = await backend.load({ version: 'spec@1', config, parameters }, precision);
    alone = bytes(await driveEachAlone(denoiser, mixedRows));
    extendedAlone = bytes(await driveEachAlone(denoiser, extendedRows, true));
  });
  afterAll(() => backend.close());

  it('are found to be independent of neighbours when the model is loaded', () => {
    expect(denoiser.batchInvariant).toBe(true);
  });

  it('are those it gets alone beside 1 to 299 neighbours', async () => {
    const many = Array.from({ length: 300 }, (_, i) => mixedRows[i % mixedRows.length]);
    for (const B of [2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 255, 256, 300])
      expect(bytes(await drive(denoiser, many.slice(0, B), { stepsPerCall: [20] }))).toEqual(
        many.slice(0, B).map((_, i) => alone[i % mixedRows.length]),
      );
  });

  it.each([1, 2, 3, 5, 10, 25, 50])(
    'are those it gets alone when 40 rows run together %i steps at a time',
    async (K) => {
      expect(bytes(await drive(denoiser, mixedRows, { stepsPerCall: [K] }))).toEqual(alone);
    },
  );

  it('are those it gets alone in pairs', async () => {
    for (let i = 0; i < mixedRows.length; i += 2)
      expect(bytes(await drive(denoiser, mixedRows.slice(i, i + 2), { stepsPerCall: [4] }))).toEqual(
        alone.slice(i, i + 2),
      );
  });

  it.each([1, 2, 3, 4, 5])('are those it gets alone in random sub-batches and splits, seed %i', async (seed) => {
    expect(bytes(await drive(denoiser, mixedRows, { stepsPerCall: [3, 1, 10, 2, 7], choose: someRows(seed) }))).toEqual(
      alone,
    );
  });

  it('are the same from the extended graph', async () => {
    expect(
      bytes(await drive(denoiser, mixedRows, { stepsPerCall: [4, 1, 9], choose: someRows(6), extended: true })),
    ).toEqual(alone);
  });

  it('are those it gets alone beside guided and fixed rows, and theirs are, too', async () => {
    const all = [extendedRows[0], ...mixedRows, extendedRows[1], extendedRows[2]];
    const expected = [extendedAlone[0], ...alone, extendedAlone[1], extendedAlone[2]];
    expect(bytes(await drive(denoiser, all, { stepsPerCall: [3, 8], choose: someRows(7), extended: true }))).toEqual(
      expected,
    );
  });

  it('are those it gets alone beside rows with a plan under way, and theirs are, too', async () => {
    const chunkedAlone = bytes(await driveEachAlone(denoiser, chunkedRows, true));
    const all = [...chunkedRows, ...mixedRows, ...extendedRows];
    const expected = [...chunkedAlone, ...alone, ...extendedAlone];
    for (const choose of [someRows(8), undefined])
      expect(bytes(await drive(denoiser, all, { stepsPerCall: [5, 2], choose, extended: true }))).toEqual(expected);
  });

  it('do not depend on neighbours that hold NaN or infinity, which do not get well either', async () => {
    const poisoned = [rowOf(plan({ numInferenceSteps: 10 }), 50), rowOf(plan({ numInferenceSteps: 10 }), 51)];
    poisoned[0].x[3] = Number.NaN;
    poisoned[1].condition[0] = Number.POSITIVE_INFINITY;
    const results = await drive(denoiser, [poisoned[0], ...mixedRows, poisoned[1]], { stepsPerCall: [5] });
    expect(bytes(results.slice(1, -1))).toEqual(alone);
    for (const sick of [results[0], results[41]]) expect(sick.every(Number.isFinite)).toBe(false);
  });

  it('do not change while the row is idle', async () => {
    const row = { ...mixedRows[0], steps: [] };
    const [busy] = mixedRows.slice(1);
    const macroStep = assembleMacroStep(
      [
        { row, x: row.x, done: 0 },
        { row: busy, x: busy.x, done: 0 },
      ],
      10,
      false,
    );
    await denoiser.advance(macroStep);
    expect(bytes([macroStep.x.subarray(0, D)])).toEqual(bytes([row.x]));
  });

  it('do not depend on how many observations are encoded together', async () => {
    const observations = normals(50 * config.obsSize, 9);
    const together = new Float32Array(50 * H);
    await denoiser.encodeObservations(observations, together, 50);
    for (let i = 0; i < 50; i++) {
      const single = new Float32Array(H);
      await denoiser.encodeObservations(observations.slice(i * config.obsSize, (i + 1) * config.obsSize), single, 1);
      expect(bytes([single])).toEqual(bytes([together.subarray(i * H, (i + 1) * H)]));
    }
    expect(maxDifference(together, encodeObservations(config, parameters, observations))).toBeLessThan(1e-5);
  });
});

function maxDifference(actual: Float32Array, expected: Float32Array | readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
}
