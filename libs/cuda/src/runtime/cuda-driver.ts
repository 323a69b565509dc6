/**
 * What the CUDA driver does, with its types and constants; nothing else in this library names one of its
 * functions. Knows nothing of what is computed, and of who gives back what was taken.
 */

import { BackendError } from '#ddim';
import { CudaCalls } from './cuda-calls.js';
import { NativeLibrary } from './native-library.js';

/** What the linker finds where a driver is installed. */
const CUDA_LIBRARY = process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1';

/** CUDA 11.4: the first with all functions below; its devices of compute capability 8.0 have bf16. */
const OLDEST_VERSION = 11_040;

/** Device attributes and other constants of cuda.h. */
const ATTRIBUTES = { multiprocessors: 16, capabilityMajor: 75, capabilityMinor: 76, sharedBytesPerBlock: 97 };
const MAX_DYNAMIC_SHARED_BYTES = 8;
const NON_BLOCKING_STREAM = 1;
const CAPTURE_THREAD_LOCAL = 1;
const JIT_ERROR_LOG = { buffer: 5, bytes: 6 };
const LAUNCH_PARAMETERS = { end: 0n, pointer: 1n, size: 2n };

const NAME_BYTES = 256;
const LOG_BYTES = 16_384;

/** What the driver knows a thing of its own by: an address. */
export type Handle = bigint;

/** How much travels, and behind what. */
interface Transfer {
  readonly bytes: number;
  readonly stream: Handle;
}

/** How a kernel is started. */
export interface Launch {
  readonly kernel: Handle;
  readonly grid: readonly [number, number];
  readonly threads: number;
  readonly sharedBytes: number;
}

/** The driver of one process; calls are made from the thread whose context is current. */
export class CudaDriver {
  private readonly calls: CudaCalls;
  private readonly integer = new Int32Array(1);
  private readonly milliseconds = new Float32Array(1);

  private constructor(private readonly library: NativeLibrary) {
    this.calls = new CudaCalls(library);
  }

  /**
   * Loads the driver and initialises it.
   * @throws BackendError when koffi or the driver is absent, too old, or finds no device
   */
  static async open(file: string = CUDA_LIBRARY): Promise<CudaDriver> {
    const driver = new CudaDriver(await NativeLibrary.open(file));
    const version = driver.versionNumber();
    if (version < OLDEST_VERSION)
      throw new BackendError(`the driver must be of CUDA ${dotted(OLDEST_VERSION)} or newer, got ${dotted(version)}`);
    driver.calls.call('cuInit', 0);
    return driver;
  }

  /** Of CUDA, such as 12.8. */
  version(): string {
    return dotted(this.versionNumber());
  }

  deviceCount(): number {
    this.calls.call('cuDeviceGetCount', this.integer);
    return this.integer[0];
  }

  /** @returns the driver's number of the device */
  device(ordinal: number): number {
    this.calls.call('cuDeviceGet', this.integer, ordinal);
    return this.integer[0];
  }

  deviceName(device: number): string {
    const name = Buffer.alloc(NAME_BYTES);
    this.calls.call('cuDeviceGetName', name, NAME_BYTES, device);
    return name.toString('utf8', 0, name.indexOf(0));
  }

  /** 90 is compute capability 9.0. */
  computeCapability(device: number): number {
    const major = this.attribute(ATTRIBUTES.capabilityMajor, device);
    return 10 * major + this.attribute(ATTRIBUTES.capabilityMinor, device);
  }

  multiprocessors(device: number): number {
    return this.attribute(ATTRIBUTES.multiprocessors, device);
  }

  /** Of shared memory, for a block that asks for the most. */
  sharedBytesPerBlock(device: number): number {
    return this.attribute(ATTRIBUTES.sharedBytesPerBlock, device);
  }

  /** The device's context in this process, one more time. */
  retainContext(device: number): Handle {
    return this.calls.make('cuDevicePrimaryCtxRetain', device);
  }

  releaseContext(device: number): void {
    this.calls.call('cuDevicePrimaryCtxRelease_v2', device);
  }

  /** Of this thread; 0: none. */
  makeCurrent(context: Handle): void {
    this.calls.call('cuCtxSetCurrent', context);
  }

  allocate(bytes: number): Handle {
    return this.calls.make('cuMemAlloc_v2', bytes);
  }

  free(memory: Handle): void {
    this.calls.call('cuMemFree_v2', memory);
  }

  /** Memory of the host that the device reads and writes by itself, and its view for this thread. */
  allocatePinned(bytes: number): { readonly address: Handle; readonly buffer: ArrayBuffer } {
    const address = this.calls.make('cuMemHostAlloc', bytes, 0);
    return { address, buffer: this.library.view(address, bytes) };
  }

  freePinned(address: Handle): void {
    this.calls.call('cuMemFreeHost', address);
  }

  /** @param from an address of pinned memory, or any array: one that must not change before `synchronize` */
  upload(to: Handle, from: Handle | NodeJS.ArrayBufferView, { bytes, stream }: Transfer): void {
    this.calls.call('cuMemcpyHtoDAsync_v2', to, from, bytes, stream);
  }

  /** @param to an address of pinned memory */
  download(to: Handle, from: Handle, { bytes, stream }: Transfer): void {
    this.calls.call('cuMemcpyDtoHAsync_v2', to, from, bytes, stream);
  }

  /** Compiles PTX for the current context's device. @throws BackendError with the compiler's own words */
  loadModule(ptx: string): Handle {
    const log = this.library.allocate(LOG_BYTES);
    try {
      const options = Int32Array.of(JIT_ERROR_LOG.buffer, JIT_ERROR_LOG.bytes);
      const values = BigUint64Array.of(log, BigInt(LOG_BYTES));
      const image = Buffer.from(`${ptx}\0`);
      const module = new BigUint64Array(1);
      const status = this.calls.status('cuModuleLoadDataEx', [module, image, options.length, options, values]);
      if (status !== 0) throw this.calls.errorOf('cuModuleLoadDataEx', status, this.library.text(log).trim());
      return module[0];
    } finally {
      this.library.free(log);
    }
  }

  unloadModule(module: Handle): void {
    this.calls.call('cuModuleUnload', module);
  }

  kernel(module: Handle, name: string): Handle {
    return this.calls.make('cuModuleGetFunction', module, name);
  }

  /** Dynamic shared memory that launches of the kernel may ask for. */
  allowSharedBytes(kernel: Handle, bytes: number): void {
    this.calls.call('cuFuncSetAttribute', kernel, MAX_DYNAMIC_SHARED_BYTES, bytes);
  }

  /** @param parameters made by `parameterBlock`, as they are when this is called */
  launch({ kernel, grid: [x, y], threads, sharedBytes }: Launch, parameters: ParameterBlock, stream: Handle): void {
    this.calls.call('cuLaunchKernel', kernel, x, y, 1, threads, 1, 1, sharedBytes, stream, null, parameters.extra);
  }

  /** Memory of a kernel's packed parameters, which the driver reads by its address. For `freeParameters`. */
  parameterBlock(bytes: number): ParameterBlock {
    const words = 6; // three pairs of `extra`, of which the last word is free for the size
    const address = this.library.allocate(words * 8 + bytes);
    const extra = new BigUint64Array(this.library.view(address, words * 8));
    const parameters = address + BigInt(words * 8);
    const size = address + BigInt((words - 1) * 8);
    extra.set([LAUNCH_PARAMETERS.pointer, parameters, LAUNCH_PARAMETERS.size, size, LAUNCH_PARAMETERS.end]);
    extra[words - 1] = BigInt(bytes);
    return { extra: address, view: new DataView(this.library.view(parameters, bytes)) };
  }

  freeParameters({ extra }: ParameterBlock): void {
    this.library.free(extra);
  }

  createStream(): Handle {
    return this.calls.make('cuStreamCreate', NON_BLOCKING_STREAM);
  }

  destroyStream(stream: Handle): void {
    this.calls.call('cuStreamDestroy_v2', stream);
  }

  /** Waits until all is done that was asked of the stream. */
  synchronize(stream: Handle): void {
    this.calls.call('cuStreamSynchronize', stream);
  }

  /** What is asked of the stream becomes a graph, until `endCapture`. */
  beginCapture(stream: Handle): void {
    this.calls.call('cuStreamBeginCapture_v2', stream, CAPTURE_THREAD_LOCAL);
  }

  endCapture(stream: Handle): Handle {
    const graph = new BigUint64Array(1);
    this.calls.call('cuStreamEndCapture', stream, graph);
    return graph[0];
  }

  instantiateGraph(graph: Handle): Handle {
    return this.calls.make('cuGraphInstantiateWithFlags', graph, 0);
  }

  destroyGraph(graph: Handle): void {
    this.calls.call('cuGraphDestroy', graph);
  }

  destroyExecutableGraph(graph: Handle): void {
    this.calls.call('cuGraphExecDestroy', graph);
  }

  launchGraph(graph: Handle, stream: Handle): void {
    this.calls.call('cuGraphLaunch', graph, stream);
  }

  createEvent(): Handle {
    return this.calls.make('cuEventCreate', 0);
  }

  destroyEvent(event: Handle): void {
    this.calls.call('cuEventDestroy_v2', event);
  }

  recordEvent(event: Handle, stream: Handle): void {
    this.calls.call('cuEventRecord', event, stream);
  }

  /** Between two events that have happened. */
  millisecondsBetween(start: Handle, end: Handle): number {
    this.calls.call('cuEventElapsedTime', this.milliseconds, start, end);
    return this.milliseconds[0];
  }

  /** 12080 is CUDA 12.8. */
  private versionNumber(): number {
    this.calls.call('cuDriverGetVersion', this.integer);
    return this.integer[0];
  }

  private attribute(attribute: number, device: number): number {
    this.calls.call('cuDeviceGetAttribute', this.integer, attribute, device);
    return this.integer[0];
  }
}

/** A kernel's parameters in memory that does not move. */
export interface ParameterBlock {
  /** What `cuLaunchKernel` takes as `extra`. */
  readonly extra: Handle;
  readonly view: DataView;
}

function dotted(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}
