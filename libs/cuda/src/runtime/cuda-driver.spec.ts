import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BackendError, DeviceLostError, InputError, OutOfMemoryError } from '#ddim';
import {
  buildLibrary,
  buildStubDriver,
  CUDA_STATUS,
  noStubReason,
  type StubDriver,
} from '../../testing/stub-driver.js';
import { CudaContext } from './cuda-context.js';
import { chooseDevice, cudaDevices } from './cuda-devices.js';
import { CudaDriver } from './cuda-driver.js';

async function failure(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => 'no error',
    (error: unknown) => error,
  );
}

describe('the driver where there is none', () => {
  it('says so, and what the linker says', async () => {
    const error = await failure(CudaDriver.open('libcuda-of-nowhere.so.1'));
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^libcuda-of-nowhere\.so\.1 cannot be loaded: .+/) });
  });
});

describe.skipIf(noStubReason !== '')('the driver' + noStubReason, () => {
  let stub: StubDriver;
  beforeAll(() => {
    stub = buildStubDriver();
  });
  beforeEach(() => stub.reset());
  afterAll(() => stub.remove());

  const open = async (): Promise<CudaContext> => {
    const driver = await CudaDriver.open(stub.file);
    return new CudaContext(driver, chooseDevice(cudaDevices(driver), undefined));
  };

  it.each([
    ['older than its graphs', { version: 11_030 }, /^the driver must be of CUDA 11\.4 or newer, got 11\.3$/],
    ['without a device', { devices: 0 }, /^cuInit failed with CUDA_ERROR_NO_DEVICE \(no CUDA-capable device/],
    ['with an old device', { capabilityMajor: 7 }, /compute capability 8\.0 or newer, found Stub GPU 0 of 7$/],
  ] as const)('is refused %s, with the reason', async (_, machine, message) => {
    stub.machine(machine);
    const error = await failure(open());
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(stub.held()).toBe(0);
  });

  it('is refused when it lacks a function, naming it', async () => {
    const folder = buildLibrary('libcuda.so.1', ['stub-kernels.c']);
    const error = await failure(CudaDriver.open(`${folder}/libcuda.so.1`));
    rmSync(folder, { recursive: true });
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ message: expect.stringMatching(/libcuda\.so\.1 is too old: it has no cu\w+$/) });
  });

  it('lists its devices by the names that they are chosen by', async () => {
    stub.machine({ devices: 2 });
    const devices = cudaDevices(await CudaDriver.open(stub.file));
    expect(devices.map(({ name }) => name)).toEqual(['cuda:0 Stub GPU 0', 'cuda:1 Stub GPU 1']);
    expect(chooseDevice(devices, 'cuda:1 Stub GPU 1')).toBe(devices[1]);
    expect(() => chooseDevice(devices, 'cuda:1')).toThrow(InputError);
  });

  it('compiles PTX, and repeats what the compiler says of PTX that it refuses', async () => {
    const context = await open();
    const module = context.loadModule('.version 7.0\n.entry kernel(');
    context.kernel(module, 'kernel', 1_000);
    expect(() => context.kernel(module, 'other', 0)).toThrow(/cuModuleGetFunction failed with CUDA_ERROR_NOT_FOUND/);
    expect(() => context.loadModule('nonsense')).toThrow(
      /^cuModuleLoadDataEx failed with CUDA_ERROR_INVALID_PTX \(.*\): ptxas fatal +: Missing \.version directive/,
    );
    context.close();
    expect(stub.held()).toBe(0);
  });

  it.each([
    [
      CUDA_STATUS.outOfMemory,
      OutOfMemoryError,
      /^cuMemAlloc_v2 failed with CUDA_ERROR_OUT_OF_MEMORY \(out of memory\)$/,
    ],
    [CUDA_STATUS.illegalAddress, DeviceLostError, /^cuMemAlloc_v2 failed with CUDA_ERROR_ILLEGAL_ADDRESS/],
    [CUDA_STATUS.invalidValue, BackendError, /^cuMemAlloc_v2 failed with CUDA_ERROR_INVALID_VALUE/],
    [9_999, BackendError, /^cuMemAlloc_v2 failed with CUDA_ERROR_9999 \(unknown to the driver\)$/],
  ])('makes of status %i what it is to an engine, in the driver’s words', async (status, type, message) => {
    const context = await open();
    stub.fail(1, status);
    expect(() => context.allocate(64)).toThrow(type);
    stub.fail(1, status);
    expect(() => context.allocate(64)).toThrow(message);
    await expect(context.orClose(() => Promise.reject(new DeviceLostError('gone')))).rejects.toThrow('gone');
    expect(stub.held()).toBe(0);
  });

  it('gives back everything although one part of it fails, and then says so', async () => {
    const context = await open();
    for (let i = 0; i < 3; i++) context.allocatePinned(256).floats.fill(1);
    stub.fail(1, CUDA_STATUS.invalidValue);
    expect(() => context.close()).toThrow('cuMemFreeHost failed with CUDA_ERROR_INVALID_VALUE');
    expect(stub.held()).toBe(0);
  });

  it('takes no graph from a stream whose launches failed, and goes on with it', async () => {
    const context = await open();
    const broken = (): never => {
      throw new BackendError('no launch');
    };
    expect(() => context.capture(broken)).toThrow('no launch');
    context.capture(() => {}).release();
    context.wait();
    context.close();
    expect(stub.held()).toBe(0);
  });
});
