/** Which GPU: by its place or its name. Knows nothing of what runs on it. */

import { BackendError } from '#ddim';
import type { Dawn } from './dawn.js';

/** What Dawn says when it has no adapter of a name; the list in it is the only one that it gives. */
const NO_SUCH_NAME = 'no adapter has this name';
const LISTED = /^ \* backend: '([^']*)', name: '(.*)'$/gm;
/**
 * Our programs write workgroup memory before they read it, and nobody else's run here: to have memory zeroed
 * and every index checked would cost the innermost loops time, and SwiftShader seconds to compile.
 */
const UNGUARDED = 'enable-dawn-features=disable_workgroup_init,disable_robustness';
/** Adapters that compute on the CPU: SwiftShader, Mesa's and Microsoft's. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

interface AdapterOptions {
  /** Place in `listAdapters`, or a part of a name; absent: the first that is taken. */
  readonly device?: string | undefined;
  /** Whether one that computes on the CPU is taken, too. */
  readonly software: boolean;
}

export interface ChosenAdapter {
  readonly adapter: GPUAdapter;
  readonly name: string;
  /** Names of the other adapters that might have been taken. */
  readonly others: readonly string[];
  /** Must live as long as the adapter and its devices. */
  readonly gpu: GPU;
}

/** Names of all adapters, as Dawn prefers them; two of the same model have the same name. */
export async function listAdapters(dawn: Dawn): Promise<readonly string[]> {
  try {
    await dawn.create([`adapter=${NO_SUCH_NAME}`]).requestAdapter();
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [...message.matchAll(LISTED)].filter(([, backend]) => backend !== 'null').map(([, , name]) => name);
  }
}

/** @throws BackendError naming the adapters that there are, and why none of them is taken */
export async function chooseAdapter(dawn: Dawn, { device, software }: AdapterOptions): Promise<ChosenAdapter> {
  const names = await listAdapters(dawn);
  const wanted = names.filter((name, i) => device === undefined || isNamed(device, name, i));
  if (wanted.length === 0) throw new BackendError(`no WebGPU adapter${ofName(device)}; ${listed(names)}`);
  const name = wanted.find((candidate) => software || !SOFTWARE.test(candidate));
  if (name === undefined)
    throw new BackendError(`${wanted.join(', ')} computes on the CPU and is taken only when it is asked for alone`);
  const gpu = dawn.create([`adapter=${name}`, UNGUARDED]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new BackendError(`the WebGPU adapter ${name} has gone`);
  const others = names.filter((other) => other !== name && (software || !SOFTWARE.test(other)));
  return { adapter, name, others, gpu };
}

function isNamed(device: string, name: string, index: number): boolean {
  return /^\d+$/.test(device) ? Number(device) === index : name.toLowerCase().includes(device.toLowerCase());
}

function ofName(device: string | undefined): string {
  return device === undefined ? '' : ` ${device}`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'there is none here' : `there are ${names.map((name, i) => `${i}: ${name}`).join(', ')}`;
}
