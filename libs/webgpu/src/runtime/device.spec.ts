import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackendError, DeviceLostError, OutOfMemoryError } from '#ddim';
import { noDeviceReason } from '../../testing/software-device.js';
import { chooseAdapter, listAdapters } from './adapter.js';
import { countedSince } from '../../testing/counted-since.js';
import { loadDawn } from './dawn.js';
import { GpuDevice } from './device.js';

const DOUBLE = `
@group(0) @binding(0) var<storage, read_write> numbers: array<f32>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&numbers)) { numbers[id.x] *= 2.0; }
}`;

describe.skipIf(noDeviceReason !== '')('a GPU' + noDeviceReason, () => {
  let gpu: GpuDevice;
  beforeAll(async () => {
    gpu = await GpuDevice.open({ software: true });
  });
  afterAll(() => gpu.close());

  it('does a call in one submission, with one transfer each way, and counts it', async () => {
    const pipeline = await gpu.pipeline('double', DOUBLE);
    const buffer = await gpu.storage('numbers', 24);
    const before = gpu.counters;
    const data = new Float32Array(new SharedArrayBuffer(24));
    data.set([1, 2, 3, 4, 5, 6]);
    const twice = { pipeline, bindGroup: gpu.bindGroup(pipeline, [buffer]), workgroups: [2] as const };
    await gpu.run({
      label: 'twice',
      uploads: [{ buffer, data }],
      dispatches: [twice, twice],
      download: { buffer, data },
    });
    expect([...data]).toEqual([4, 8, 12, 16, 20, 24]);
    expect(countedSince(before, gpu.counters)).toEqual({
      dispatches: 2,
      submissions: 1,
      uploads: 1,
      downloads: 1,
      uploadedBytes: 24,
      downloadedBytes: 24,
    });
  });

  it('refuses what it has no memory for with OutOfMemoryError, and goes on', async () => {
    await expect(gpu.storage('all', 2 ** 45)).rejects.toThrow(OutOfMemoryError);
    expect((await gpu.storage('some', 64)).size).toBe(64);
  });

  it("reports a program that does not compile, and a call that is not valid, in the device's words", async () => {
    await expect(gpu.pipeline('broken', 'fn main() { oops }')).rejects.toThrow(/^broken on .*oops/s);
    const pipeline = await gpu.pipeline('double', DOUBLE);
    const bindGroup = gpu.bindGroup(pipeline, [await gpu.storage('numbers', 16)]);
    const call = gpu.run({ label: 'huge', dispatches: [{ pipeline, bindGroup, workgroups: [2 ** 20] }] });
    await expect(call).rejects.toThrow(BackendError);
  });

  it('ends whatever runs, and all that follows, with DeviceLostError when it is lost', async () => {
    const lost = await GpuDevice.open({ software: true });
    const buffer = await lost.storage('numbers', 24);
    const data = new Float32Array(6);
    const dispatches: never[] = [];
    // destroyed while the call is put together
    Object.defineProperty(dispatches, Symbol.iterator, { value: () => (void lost.close(), [].values()) });
    const running = lost.run({ label: 'late', dispatches, download: { buffer, data } });
    await expect(running).rejects.toThrow(DeviceLostError);
    await expect(lost.storage('more', 4)).rejects.toThrow(DeviceLostError);
  });

  it('is found by its place and by its name, and one that is no GPU only where it is asked for', async () => {
    const dawn = await loadDawn();
    const names = await listAdapters(dawn);
    expect(names.length).toBeGreaterThan(0);
    for (const device of [undefined, '0', names[0].toLowerCase()])
      expect((await chooseAdapter(dawn, { device, software: true })).name).toBe(names[0]);
    for (const device of ['7', 'voodoo'])
      await expect(chooseAdapter(dawn, { device, software: true })).rejects.toThrow(`adapter ${device}; there are 0: `);
    if (/swiftshader/i.test(names[0]))
      await expect(chooseAdapter(dawn, { device: '0', software: false })).rejects.toThrow('computes on the CPU');
  });
});
