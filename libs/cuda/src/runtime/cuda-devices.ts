/** The devices of this machine, and which of them is meant. Knows nothing of contexts. */

import { BackendError, InputError } from '#ddim';
import type { CudaDriver } from './cuda-driver.js';

/** The oldest that multiplies bf16 and TensorFloat-32 matrices: Ampere. */
const LEAST_CAPABILITY = 80;

export interface CudaDevice {
  /** `cuda:0 NVIDIA H200`, counted as CUDA_VISIBLE_DEVICES leaves them. */
  readonly name: string;
  /** As its maker calls it. */
  readonly label: string;
  /** The driver's number. */
  readonly number: number;
  /** 90 is compute capability 9.0. */
  readonly capability: number;
  readonly multiprocessors: number;
  /** The most shared memory of a block: 227 KiB on an H200, 99 on a GeForce. */
  readonly sharedBytesPerBlock: number;
}

/** Every device that has what the kernels need. @throws BackendError when there is none, saying why */
export function cudaDevices(driver: CudaDriver): readonly CudaDevice[] {
  const devices = Array.from({ length: driver.deviceCount() }, (_, ordinal): CudaDevice => {
    const number = driver.device(ordinal);
    const label = driver.deviceName(number);
    return {
      name: `cuda:${ordinal} ${label}`,
      label,
      number,
      capability: driver.computeCapability(number),
      multiprocessors: driver.multiprocessors(number),
      sharedBytesPerBlock: driver.sharedBytesPerBlock(number),
    };
  });
  const able = devices.filter(({ capability }) => capability >= LEAST_CAPABILITY);
  if (able.length > 0) return able;
  const found = devices.map(({ label, capability }) => `${label} of ${capability / 10}`).join(', ') || 'no device';
  throw new BackendError(`the kernels need a device of compute capability 8.0 or newer, found ${found}`);
}

/** @param name absent: the first. @throws InputError `unknown_device` */
export function chooseDevice(devices: readonly CudaDevice[], name: string | undefined): CudaDevice {
  const device = name === undefined ? devices[0] : devices.find((known) => known.name === name);
  if (device) return device;
  const names = devices.map((known) => known.name).join(', ');
  throw new InputError('unknown_device', `the device must be one of ${names}, got ${name}`);
}
