import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BackendError, InputError, ModelLoadError } from '#ddim';
import { CallClock, CallTimer, newClockWords, type DeviceCounters, type LoadedDenoiser, type MacroStep } from '#engine';
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
  parameters,
} from '../../../engine/testing/probe-rows.js';
import { buildStubDriver, noStubReason, type StubDriver } from '../../testing/stub-driver.js';
import { createBackend, type CudaBackend } from './backend.js';

const model = { version: 'spec@1', config, parameters };
/** Without the self-test: of kernels that compute nothing. */
const terms = { timer: new CallTimer(new CallClock(newClockWords()), 0), batchInvariant: true };

async function failure(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => 'no error',
    (error: unknown) => error,
  );
}

/** What a call asks of the device. */
async function costOf(backend: CudaBackend, call: () => Promise<void>): Promise<DeviceCounters> {
  const before = { ...backend.counters };
  await call();
  const { counters: now } = backend;
  return {
    dispatches: now.dispatches - before.dispatches,
    submissions: now.submissions - before.submissions,
    uploads: now.uploads - before.uploads,
    downloads: now.downloads - before.downloads,
    uploadedBytes: now.uploadedBytes - before.uploadedBytes,
    downloadedBytes: now.downloadedBytes - before.downloadedBytes,
  };
}

/** The first steps of rows, as often as need be. */
function macroStepOf(numRows: number, stepsPerCall: number): MacroStep {
  const rows = Array.from({ length: numRows }, (_, i) => mixedRows[i % mixedRows.length]);
  return assembleMacroStep(
    rows.map((row) => ({ row, x: row.x, done: 0 })),
    stepsPerCall,
    false,
  );
}

describe.skipIf(noStubReason !== '')('the CUDA backend on the stub' + noStubReason, () => {
  let stub: StubDriver;
  let backend: CudaBackend;
  let denoiser: LoadedDenoiser;
  beforeAll(async () => {
    stub = buildStubDriver();
    stub.reset();
    backend = await createBackend({ providers: [] });
    denoiser = await backend.load(model, 'float32');
  });
  beforeEach(() => stub.reset());
  afterAll(async () => {
    await backend.close();
    expect(stub.held()).toBe(0);
    stub.remove();
  });

  it('says what it runs on and what it can do', () => {
    expect(backend.info).toEqual({
      kind: 'cuda',
      provider: 'cuda',
      device: 'Stub GPU 0',
      version: 'CUDA 12.8',
      devices: ['cuda:0 Stub GPU 0'],
      rejected: [],
    });
    expect(backend.capabilities).toMatchObject({ threadsPerDevice: 1, precisions: ['float32', 'bf16'] });
  });

  it('finds by its self-test that both paths compute the network, with the same bytes', () => {
    expect(denoiser.batchInvariant).toBe(true);
  });

  it('loads a version in bf16 beside it, which its self-test compares with a network that rounds alike', async () => {
    const rounded = await backend.load(model, 'bf16');
    expect(rounded.batchInvariant).toBe(true);
    await rounded.advance(macroStepOf(2, 3));
    expect(stub.lastLaunch()).toMatch(/^stride_out_bf16 /);
    await rounded.dispose();
  });

  it('gives every row the bytes it gets alone, on either path, guided, fixed and pulled rows beside it', async () => {
    const rows = [...mixedRows, ...extendedRows, ...chunkedRows].filter(({ steps }) => steps.length < 9);
    const alone = bytes(await driveEachAlone(denoiser, rows, true));
    expect(bytes(await drive(denoiser, rows, { stepsPerCall: [3, 1, 10], extended: true }))).toEqual(alone);
    const many = Array.from({ length: 540 }, (_, i) => rows[i % rows.length]);
    const together = bytes(await drive(denoiser, many, { stepsPerCall: [8], extended: true }));
    expect(together).toEqual(many.map((_, i) => alone[i % rows.length]));
  });

  it('runs a large batch as one launch, with one transfer each way', async () => {
    const macroStep = macroStepOf(600, 5);
    const cost = await costOf(backend, () => denoiser.advance(macroStep));
    expect(cost).toMatchObject({ dispatches: 1, submissions: 1, uploads: 1, downloads: 1 });
    expect(cost.downloadedBytes).toBe(600 * D * 4);
    const tables = Object.values({ ...macroStep, z: macroStep.noise.z, index: macroStep.noise.index })
      .filter((value) => ArrayBuffer.isView(value))
      .reduce((sum, { byteLength }) => sum + byteLength, 600 * 3 * 4);
    expect(cost.uploadedBytes).toBeGreaterThanOrEqual(tables + 256);
    // each table begins at a multiple of 128
    expect(cost.uploadedBytes).toBeLessThan(tables + 256 + 10 * 128);
    expect(stub.lastLaunch()).toMatch(/^stride_rows64_tf32x3 10 1 256 /);
  });

  it('runs a small batch as one graph of 2 L + 2 kernels per step', async () => {
    const x0 = new Float32Array(3 * D);
    const cost = await costOf(backend, () => denoiser.advance({ ...macroStepOf(3, 3), x0 }));
    expect(cost).toMatchObject({ dispatches: 3 * 6, submissions: 1, uploads: 1, downloads: 1 });
    expect(stub.calls().filter((name) => name === 'cuGraphLaunch')).toHaveLength(1);
    expect(x0.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });

  it('uploads of rows that go on only what changes, unless something else was computed in between', async () => {
    const advance = async (given: MacroStep): Promise<number> =>
      (await costOf(backend, () => denoiser.advance(given))).uploadedBytes;
    const [whole, parts] = [macroStepOf(3, 2), macroStepOf(3, 2)];
    const all = await advance(whole);
    expect(await advance({ ...whole, continues: true })).toBeLessThan(all - 3 * (D + H) * 4);
    await advance(parts);
    await advance(macroStepOf(3, 2));
    expect(await advance({ ...parts, continues: true })).toBe(all);
    expect(bytes([parts.x])).toEqual(bytes([whole.x]));
    const other = await backend.load({ ...model, version: 'other@1' }, 'float32', terms);
    await other.advance(macroStepOf(3, 2));
    expect(await advance({ ...parts, continues: true })).toBe(all);
    await other.dispose();
  });

  it('captures a graph once per size, and again when the memory of calls has grown', async () => {
    stub.idle();
    await denoiser.advance(macroStepOf(17, 2));
    expect(stub.lastLaunch()).toMatch(/^stride_out_tf32x3 2 2 128 /); // 32 of 64 columns, 16 of 32 lanes each
    const captures = (): number => stub.calls().filter((name) => name === 'cuStreamBeginCapture_v2').length;
    await denoiser.advance(macroStepOf(2, 3));
    const once = captures();
    await denoiser.advance(macroStepOf(2, 3));
    await denoiser.advance(macroStepOf(5, 3));
    expect(captures()).toBe(once);
    await denoiser.advance(macroStepOf(4_000, 2));
    await denoiser.advance(macroStepOf(2, 3));
    expect(captures()).toBe(once + 1);
  });

  it('gives back what a model has taken, its graphs too', async () => {
    stub.idle();
    const before = stub.held();
    const second = await backend.load(model, 'float32', terms);
    for (const steps of [1, 2, 3]) await second.advance(macroStepOf(2, steps));
    await second.dispose();
    expect(stub.held()).toBe(before);
  });

  it('keeps few graphs, whatever numbers of steps it is asked for', async () => {
    stub.idle();
    const second = await backend.load(model, 'float32', terms);
    const before = stub.held();
    for (let steps = 1; steps <= 50; steps++) await second.advance(macroStepOf(1, steps));
    expect(stub.held() - before).toBeLessThanOrEqual(24);
    await second.dispose();
  });

  it('encodes observations as the reference does, and without them gives the null condition', async () => {
    const conditions = new Float32Array(2 * H);
    await denoiser.encodeObservations(new Float32Array(4 * config.obsSize), conditions, 2);
    expect(conditions.subarray(0, H)).toEqual(conditions.subarray(H));
  });

  const broken: Array<[string, (step: MacroStep) => MacroStep, RegExp]> = [
    ['a timestep that the model does not have', (step) => ({ ...step, timesteps: Int32Array.of(100, 0) }), /timesteps/],
    ['conditions of another size', (step) => ({ ...step, conditions: new Float32Array(3) }), /conditions of 2 rows/],
    [
      'noise that is not there',
      (step) => ({ ...step, noise: { z: new Float32Array(D), index: Int32Array.of(0, 1) } }),
      /noiseIndex must be from 0 to below 1, got 1/,
    ],
    [
      'a condition of another row',
      (step) => {
        const own = Int32Array.of(0, 1);
        const scale = new Float32Array(2).fill(2);
        return { ...step, guidance: { source: own, condIndex: own, nullIndex: Int32Array.of(0, 0), scale } };
      },
      /condition 0 belongs to row 0, not to row 1/,
    ],
  ];
  it.each(broken)('refuses %s before anything travels, and x stays as it was', async (_, edit, message) => {
    const whole = macroStepOf(2, 1);
    const x = whole.x.slice();
    const error = await failure(denoiser.advance(edit(whole)));
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(whole.x).toEqual(x);
    expect(stub.calls()).toEqual([]);
  });

  it('refuses what has no kernels: other providers, devices, precisions, files, and weights that are no numbers', async () => {
    await expect(createBackend({ providers: ['tpu'] })).rejects.toMatchObject({ code: 'unknown_provider' });
    await expect(createBackend({ providers: [], device: 'cuda:7' })).rejects.toMatchObject({ code: 'unknown_device' });
    await expect(backend.load(model, 'int8')).rejects.toThrow(InputError);
    await expect(backend.load({ version: 'f@1', config, file: new Uint8Array(1) }, 'float32')).rejects.toThrow(
      ModelLoadError,
    );
    const held = stub.held();
    for (const values of [new Float32Array(1), new Float32Array(D).fill(NaN)]) {
      const wrong = new Map([...parameters, ['noise_out.bias', values] as const]);
      await expect(backend.load({ ...model, parameters: wrong }, 'float32')).rejects.toThrow(
        /noise_out\.bias|self-test/,
      );
    }
    expect(stub.held()).toBe(held);
  });
});
