import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillNormal, initialParameters, InputError, ModelLoadError, PURPOSES, streamKey } from '#ddim';
import type { DenoiserBackend, LoadedDenoiser, MacroStep } from '#engine';
import { assembleMacroStep } from '../../../engine/src/self-test/self-test-rows.js';
import { drive, driveEachAlone } from '../../../engine/testing/drive-rows.js';
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
} from '../../../engine/testing/probe-rows.js';
import { countedSince } from '../../testing/counted-since.js';
import { noDeviceReason } from '../../testing/software-device.js';
import { GpuDevice } from '../runtime/device.js';
import { createBackend } from './backend.js';
import { WebGpuDenoiser } from './webgpu-denoiser.js';

const model = { version: 'spec@1', config, parameters };
/** Short plans of every kind. */
const rows = mixedRows.filter(({ steps }) => steps.length < 8);

/** How far a normal number may be from the host's, in steps between float32 numbers. */
const MOST_ULPS = 4;

describe.skipIf(noDeviceReason !== '')('kernels of our own' + noDeviceReason, () => {
  let backend: DenoiserBackend;
  let denoiser: LoadedDenoiser;
  beforeAll(async () => {
    backend = await createBackend({ providers: ['webgpu'] });
    denoiser = await backend.load(model, 'float32');
  });
  afterAll(() => backend.close());

  it('pass the self-test: right, and the same bytes alone and among others, whatever path computes them', () => {
    expect(denoiser.batchInvariant).toBe(true);
    const names = denoiser instanceof WebGpuDenoiser ? denoiser.paths.map(({ name }) => name) : [];
    expect(names).toEqual(['layer by layer', 'tiles of 16']);
    expect(backend.info).toMatchObject({ kind: 'webgpu', provider: 'webgpu', rejected: [] });
  });

  it('give every row the bytes it gets alone, in any batch, split and company', async () => {
    const all = [...chunkedRows, ...rows, ...extendedRows];
    const alone = bytes(await driveEachAlone(denoiser, all, true));
    expect(bytes(await drive(denoiser, all, { stepsPerCall: [5, 2], choose: someRows(8), extended: true }))).toEqual(
      alone,
    );
    const many = Array.from({ length: 65 }, (_, i) => rows[i % rows.length]);
    const plain = bytes(await drive(denoiser, many, { stepsPerCall: [20] }));
    expect(plain).toEqual(many.map((_, i) => alone[chunkedRows.length + (i % rows.length)]));
  });

  it('do not let a row that is no longer finite touch its neighbours', async () => {
    const sick = rowOf(plan({ numInferenceSteps: 4 }), 50);
    sick.x[3] = Number.NaN;
    const [alone] = bytes(await drive(denoiser, [rows[0]], { stepsPerCall: [20] }));
    const results = await drive(denoiser, [sick, rows[0], sick], { stepsPerCall: [20] });
    expect(bytes(results)[1]).toBe(alone);
    expect(results[0].every(Number.isFinite)).toBe(false);
  });

  it('take one submission and one transfer each way for all steps of a call, and at most 12 dispatches a step', async () => {
    const macroStep = assembleMacroStep([{ row: rows[0], x: rows[0].x, done: 0 }], 3, false);
    for (const path of denoiser instanceof WebGpuDenoiser ? denoiser.paths : []) {
      const { dispatches, ...transfers } = await counted(() =>
        denoiser instanceof WebGpuDenoiser ? denoiser.runOn(path, macroStep) : Promise.resolve(),
      );
      expect(transfers).toMatchObject({ submissions: 1, uploads: 1, downloads: 1, downloadedBytes: 4 * D });
      expect(dispatches).toBe(path.name === 'layer by layer' ? 3 * (2 * config.numLayers + 2) : 1);
    }
  });

  it('draw the normal numbers of the host, to a few last bits, the same ones on every path', async () => {
    const B = 20;
    const streams = new Uint32Array(4 * B);
    for (let b = 0; b < B; b++) {
      const seed = b * 2 ** 40 + b;
      streams.set([...streamKey({ seed, row: b, purpose: PURPOSES.stepNoise }), b, 7 * b], 4 * b);
    }
    const row = { x: normals(D, 0), condition: normals(H, 1), steps: [] };
    const states = Array.from({ length: B }, () => ({ row, x: row.x, done: 0 }));
    const given = assembleMacroStep(states, 1, false);
    // x' = z
    for (let b = 0; b < B; b++) given.coefficients.set([0, 0, 0, 0, 0, 1, -1, 1], 8 * b);
    const noise = { z: new Float32Array(D), index: new Int32Array(B).fill(1), streams };
    const drawn: string[] = [];
    let worst = 0;
    for (const path of denoiser instanceof WebGpuDenoiser ? denoiser.paths : []) {
      const macroStep = { ...given, x: given.x.slice(), noise };
      if (denoiser instanceof WebGpuDenoiser) await denoiser.runOn(path, macroStep);
      drawn.push(...bytes([macroStep.x]));
      for (let b = 0; b < B; b++) {
        const z = new Float32Array(D);
        fillNormal(z, { seed: b * 2 ** 40 + b, row: b, purpose: PURPOSES.stepNoise }, 7 * b);
        for (const [j, value] of z.entries()) {
          const difference = Math.abs(macroStep.x[b * D + j] - value) / ulp(value);
          worst = Math.max(worst, difference);
        }
      }
    }
    expect(new Set(drawn).size).toBe(1);
    expect(worst).toBeLessThanOrEqual(MOST_ULPS);
  });

  it('go on with the states that the device holds, and fetch x0 only for those who look', async () => {
    const states = rows.map((row) => ({ row, x: row.x, done: 0 }));
    const whole = assembleMacroStep(states, 4, false);
    await denoiser.advance(whole);
    const first = assembleMacroStep(states, 2, false);
    const { x } = first;
    const uploaded = await counted(() => denoiser.advance(first));
    const later = assembleMacroStep(
      states.map(({ row }) => ({ row, x: row.x, done: 2 })),
      2,
      false,
    );
    const second = { ...first, ...stepTables(later), continues: true };
    const continued = await counted(() => denoiser.advance(second));
    expect(bytes([x])).toEqual(bytes([whole.x]));
    const stays = first.x.byteLength + first.conditions.byteLength;
    expect(uploaded.uploadedBytes - continued.uploadedBytes).toBeGreaterThanOrEqual(stays);
    const x0 = new Float32Array(x.length);
    const previewed = await counted(() => denoiser.advance({ ...assembleMacroStep(states, 2, false), x0 }));
    expect([continued.downloadedBytes, previewed.downloadedBytes]).toEqual([x.byteLength, 2 * x.byteLength]);
  });

  it('refuse a file and a precision that they have no kernels for', async () => {
    const file = { version: 'file@1', config, file: new Uint8Array(8) };
    await expect(backend.load(file, 'float32')).rejects.toThrow(ModelLoadError);
    await expect(backend.load(model, 'int8')).rejects.toThrow(InputError);
    await expect(createBackend({ providers: ['cuda'] })).rejects.toThrow(InputError);
  });

  it('take sizes that are no multiple of anything, and more columns than there are threads for', async () => {
    const odd = { ...config, obsSize: 0, actionDim: 3, actionHorizon: 7, hiddenSize: 70, numLayers: 1 };
    const device = await GpuDevice.open({ software: true });
    const limits = { ...device.limits, maxComputeInvocationsPerWorkgroup: 64 };
    const narrow: GpuDevice = Object.create(device, { limits: { value: limits } });
    const source = { version: 'odd@1', config: odd, parameters: initialParameters(odd, 3) };
    const loaded = await WebGpuDenoiser.load(narrow, { model: source, mostSteps: 2, onDispose: () => {} });
    expect(loaded.paths.map(({ name }) => name)).toEqual(['layer by layer', 'tiles of 8', 'tiles of 4']);
    expect(loaded.batchInvariant).toBe(true);
    await device.close();
  });

  async function counted(call: () => Promise<void>) {
    const before = backend.counters;
    await call();
    const after = backend.counters;
    if (!before || !after) throw new TypeError('kernels of our own count what they ask for');
    return countedSince(before, after);
  }
});

/** The distance of neighbouring float32 numbers there. */
function ulp(value: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);
}

function stepTables({ timesteps, coefficients, noise }: MacroStep) {
  return { timesteps, coefficients, noise };
}
