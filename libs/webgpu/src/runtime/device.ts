/** One GPU: its memory, its programs, and one submission at a time. Knows nothing of networks. */

import type { DeviceCounters } from '#engine';
import { BackendError, DdimError, DeviceLostError, OutOfMemoryError } from '#ddim';
import { chooseAdapter, type ChosenAdapter } from './adapter.js';
import { dawnVersion, loadDawn } from './dawn.js';

// GPUBufferUsage, GPUMapMode: the package's constants are not global in Node.
export const USAGE = { mapRead: 0x1, copySrc: 0x4, copyDst: 0x8, uniform: 0x40, storage: 0x80 } as const;
const MAP_READ = 1;

/** Limits that are asked for as large as the adapter has them; the others stay at WebGPU's defaults. */
const WANTED_LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
] as const;

/** Those of the device that matter to programs. */
export type GpuLimits = Readonly<Record<(typeof WANTED_LIMITS)[number] | 'maxComputeWorkgroupsPerDimension', number>>;

interface GpuDeviceOptions {
  /** As adapters are listed: a place or a part of a name; absent: the first. */
  readonly device?: string | undefined;
  /** Whether an adapter that computes on the CPU will do. */
  readonly software: boolean;
}

/** One program over a grid of workgroups; dispatches of a call see what those before them wrote. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** x, or x and y. */
  readonly workgroups: readonly [number, number?];
}

/** What is done in one submission. */
interface GpuCall {
  /** For messages: what failed. */
  readonly label: string;
  /** To the start of each buffer; data may lie on a SharedArrayBuffer; sizes are multiples of 4 bytes. */
  readonly uploads?: readonly { readonly buffer: GPUBuffer; readonly data: ArrayBufferView }[];
  readonly dispatches: readonly Dispatch[];
  /** Fetched when all is done, from the start of the buffer, into the array; one per call. */
  readonly download?: { readonly buffer: GPUBuffer; readonly data: ArrayBufferView };
}

/** One device of one thread. Calls must not overlap. */
export class GpuDevice {
  readonly limits: GpuLimits;
  private readonly counted = {
    dispatches: 0,
    submissions: 0,
    uploads: 0,
    downloads: 0,
    uploadedBytes: 0,
    downloadedBytes: 0,
  };
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  private loss: DeviceLostError | undefined;
  private readonly lost: Promise<void>;
  private readback: GPUBuffer | undefined;

  private constructor(
    /** Adapter and instance, which must not be collected while the device lives. */
    private readonly chosen: ChosenAdapter,
    private readonly device: GPUDevice,
  ) {
    this.limits = limitsOf(device);
    this.lost = this.watch(device);
  }

  /** @throws BackendError when the package, an adapter or its device is not to be had */
  static async open({ device, software }: GpuDeviceOptions): Promise<GpuDevice> {
    const chosen = await chooseAdapter(await loadDawn(), { device, software });
    const { limits } = chosen.adapter;
    const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, limits[name]]));
    try {
      return new GpuDevice(chosen, await chosen.adapter.requestDevice({ requiredLimits }));
    } catch (error) {
      throw new BackendError(`${chosen.name} gives no device: ${messageOf(error)}`, { cause: error });
    }
  }

  /** A copy: what was asked of the device so far. */
  get counters(): DeviceCounters {
    return { ...this.counted };
  }

  get name(): string {
    return this.chosen.name;
  }

  /** Of all adapters here, this one's first. */
  get names(): readonly string[] {
    return [this.name, ...this.chosen.others];
  }

  get version(): string {
    return dawnVersion();
  }

  /** Memory for programs, zeros at first. @throws OutOfMemoryError, DeviceLostError */
  storage(label: string, bytes: number): Promise<GPUBuffer> {
    return this.buffer(label, bytes, USAGE.storage | USAGE.copySrc | USAGE.copyDst);
  }

  /** @param usage of USAGE, or-ed. @throws OutOfMemoryError, DeviceLostError */
  async buffer(label: string, bytes: number, usage: number): Promise<GPUBuffer> {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.limits;
    const most = (usage & USAGE.storage) === 0 ? maxBufferSize : Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes > most) throw new OutOfMemoryError(`${label} needs ${bytes} bytes, ${this.name} binds at most ${most}`);
    const size = Math.max(4 * Math.ceil(bytes / 4), 4);
    return await this.checked(label, () => this.device.createBuffer({ label, size, usage }));
  }

  /** Memory with this in it. @throws OutOfMemoryError, DeviceLostError */
  async filled(label: string, data: ArrayBufferView, usage: number = USAGE.storage): Promise<GPUBuffer> {
    const buffer = await this.buffer(label, data.byteLength, usage | USAGE.copySrc | USAGE.copyDst);
    this.upload(buffer, data);
    return buffer;
  }

  /**
   * A WGSL program with the entry point `main`, compiled once for all who ask for the same text.
   * @throws BackendError with the compiler's message
   */
  async pipeline(label: string, code: string): Promise<GPUComputePipeline> {
    const known = this.pipelines.get(code);
    if (known) return known;
    const pipeline = await this.checked(label, async () => {
      const module = this.device.createShaderModule({ label, code });
      return await this.device.createComputePipelineAsync({
        label,
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
    });
    this.pipelines.set(code, pipeline);
    return pipeline;
  }

  /** Binds buffers, or parts of them, to the bindings 0, 1, … of a pipeline's group 0. */
  bindGroup(pipeline: GPUComputePipeline, resources: readonly (GPUBuffer | GPUBufferBinding)[]): GPUBindGroup {
    const layout = pipeline.getBindGroupLayout(0);
    const entries = resources.map((resource, binding) => ({
      binding,
      resource: 'buffer' in resource ? resource : { buffer: resource },
    }));
    return this.device.createBindGroup({ layout, entries });
  }

  /** Uploads, dispatches, downloads. @throws OutOfMemoryError, DeviceLostError, BackendError */
  async run({ label, uploads = [], dispatches, download }: GpuCall): Promise<void> {
    const bytes = download?.data.byteLength ?? 0;
    const readback = bytes > 0 ? await this.readbackOf(bytes) : undefined;
    await this.checked(label, async () => {
      for (const { buffer, data } of uploads) this.upload(buffer, data);
      const encoder = this.device.createCommandEncoder({ label });
      this.encode(encoder, dispatches);
      if (readback && download) encoder.copyBufferToBuffer(download.buffer, 0, readback, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      this.counted.submissions += 1;
      if (readback && download) await this.fetch(readback, download.data);
      else await this.device.queue.onSubmittedWorkDone();
    });
  }

  /** Gives all its memory back; whatever still runs fails. */
  async close(): Promise<void> {
    this.device.destroy();
    await this.lost;
  }

  private async watch(device: GPUDevice): Promise<void> {
    const { message } = await device.lost;
    this.loss = new DeviceLostError(`the GPU ${this.name} was lost: ${message}`);
  }

  private encode(encoder: GPUCommandEncoder, dispatches: readonly Dispatch[]): void {
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | undefined;
    for (const { pipeline, bindGroup, workgroups } of dispatches) {
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1] ?? 1);
    }
    pass.end();
    this.counted.dispatches += dispatches.length;
  }

  private upload(buffer: GPUBuffer, data: ArrayBufferView): void {
    this.device.queue.writeBuffer(buffer, 0, ownMemory(data));
    this.counted.uploads += 1;
    this.counted.uploadedBytes += data.byteLength;
  }

  private async fetch(readback: GPUBuffer, into: ArrayBufferView): Promise<void> {
    await readback.mapAsync(MAP_READ, 0, into.byteLength);
    const bytes = new Uint8Array(readback.getMappedRange(0, into.byteLength));
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes);
    readback.unmap();
    this.counted.downloads += 1;
    this.counted.downloadedBytes += into.byteLength;
  }

  private async readbackOf(bytes: number): Promise<GPUBuffer> {
    if (this.readback && this.readback.size >= bytes) return this.readback;
    this.readback?.destroy();
    this.readback = undefined;
    this.readback = await this.buffer('readback', bytes, USAGE.mapRead | USAGE.copyDst);
    return this.readback;
  }

  /** Whatever the device says about what `work` asks of it becomes an error with a code. */
  private async checked<Result>(label: string, work: () => Result | Promise<Result>): Promise<Result> {
    if (this.loss) throw this.loss;
    this.device.pushErrorScope('internal');
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    const result = await settled(work);
    const said = [this.device.popErrorScope(), this.device.popErrorScope(), this.device.popErrorScope()];
    const [validation, memory, internal] = (await Promise.allSettled(said)).map(saidError);
    await turn();
    if (this.loss) throw this.loss;
    if (memory) throw new OutOfMemoryError(`${label} on ${this.name}: ${memory.message}`);
    const fault = validation ?? internal;
    if (fault) throw new BackendError(`${label} on ${this.name}: ${fault.message}`);
    if (result.status === 'fulfilled') return result.value;
    if (result.reason instanceof DdimError) throw result.reason;
    throw new BackendError(`${label} on ${this.name}: ${messageOf(result.reason)}`, { cause: result.reason });
  }
}

function limitsOf({ limits }: GPUDevice): GpuLimits {
  const {
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX,
    maxComputeWorkgroupsPerDimension,
    maxBufferSize,
    maxStorageBufferBindingSize,
  } = limits;
  return {
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX,
    maxComputeWorkgroupsPerDimension,
    maxBufferSize,
    maxStorageBufferBindingSize,
  };
}

async function settled<Result>(work: () => Result | Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [result] = await Promise.allSettled([(async () => await work())()]);
  return result;
}

/** A copy of what lies in shared memory, at which Dawn's Node binding crashes. */
function ownMemory(data: ArrayBufferView): ArrayBufferView {
  if (!(data.buffer instanceof SharedArrayBuffer)) return data;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

/** A lost device says nothing more. */
function saidError(said: PromiseSettledResult<GPUError | null>): GPUError | null {
  return said.status === 'fulfilled' ? said.value : null;
}

/** The news that a device was lost may come after what it rejects. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
