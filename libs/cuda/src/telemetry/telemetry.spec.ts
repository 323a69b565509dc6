import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceReading } from '#engine';
import { buildLibrary, noStubReason } from '../../testing/stub-driver.js';
import { Nvml } from './nvml.js';
import { Telemetry, telemetryAbsence } from './telemetry.js';

const [first, second]: DeviceReading[] = [
  {
    index: 0,
    name: 'Stub GPU A',
    memoryBytes: 141 * 2 ** 30,
    memoryUsedBytes: 5 * 2 ** 30,
    utilizationRatio: 0.87,
    powerWatts: 512.5,
    temperatureCelsius: 61,
  },
  { index: 1, name: 'Stub GPU B', memoryBytes: 141 * 2 ** 30, memoryUsedBytes: 5 * 2 ** 30, utilizationRatio: 0.87 },
];

it('says that there is no telemetry where the library is not there', async () => {
  expect(await telemetryAbsence('libnvidia-of-nowhere.so.1')).toMatch(/^libnvidia-of-nowhere\.so\.1 cannot be loaded/);
});

describe.skipIf(noStubReason !== '')('telemetry of GPUs' + noStubReason, () => {
  let file: string;
  let breakDriver: (broken: number) => void;
  let open: () => unknown;
  beforeAll(() => {
    file = join(buildLibrary('libnvidia-ml.so.1', ['stub-nvml.c']), 'libnvidia-ml.so.1');
    const library = koffi.load(file);
    const [set, get] = [library.func('stub_break', 'void', ['int']), library.func('stub_open', 'int', [])];
    breakDriver = (broken) => void set(broken);
    open = () => get();
    return () => rmSync(dirname(file), { recursive: true });
  });
  beforeEach(() => breakDriver(0));
  afterEach(() => vi.waitFor(() => expect(open()).toBe(0), 5_000));

  it('is what the driver says of each, and nothing where it says nothing', async () => {
    expect(await telemetryAbsence(file)).toBeUndefined();
    const nvml = await Nvml.open(file);
    expect(nvml.read()).toEqual([first, second]);
    nvml.close();
  });

  it('fails in the driver’s own words', async () => {
    breakDriver(1);
    await expect(Nvml.open(file)).rejects.toThrow('nvmlInit_v2 failed: Driver Not Loaded');
  });

  it('is read again and again by a thread, until it is stopped', async () => {
    const looks: Array<readonly DeviceReading[]> = [];
    let resolve = (): void => {};
    const enough = new Promise<void>((done) => (resolve = done));
    const read = (devices: readonly DeviceReading[]): void => {
      looks.push(devices);
      if (looks.length === 3) resolve();
    };
    const telemetry = new Telemetry({ read, ended: resolve }, { file, everyMs: 1 });
    await enough;
    telemetry.stop();
    expect(looks.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => [first, second]));
  });

  it('ends with the reason when the driver fails under it', async () => {
    const ended = vi.fn<(reason: string) => void>();
    const telemetry = new Telemetry({ read: () => breakDriver(1), ended }, { file, everyMs: 1 });
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce(), 5_000);
    telemetry.stop();
    expect(ended).toHaveBeenCalledWith('nvmlDeviceGetCount_v2 failed: Driver Not Loaded');
  });
});
