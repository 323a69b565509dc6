import type { BackendInfo, BackendOptions } from '#engine';
import { GpuDevice } from './device.js';
import { isForced } from './providers.js';

/**
 * The device that a backend is asked to run on.
 * @throws InputError `unknown_provider`; BackendError when there is no GPU or no package to reach it
 */
export function openDevice({ device, providers }: BackendOptions): Promise<GpuDevice> {
  return GpuDevice.open({ device, software: isForced(providers) });
}

/** What a backend of ours on this device says of itself. */
export function infoOfDevice({ name, names, version }: GpuDevice): BackendInfo {
  return { kind: 'webgpu', provider: 'webgpu', device: name, devices: names, version, rejected: [] };
}
