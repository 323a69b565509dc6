/**
 * A device in one thread: its context, and all that is made in it. Knows nothing of networks and of what
 * kernels compute.
 */

import { DdimError, DeviceLostError } from '#ddim';
import { ARGUMENT_BYTES } from '../kernels/kernel-interface.js';
import type { CudaDevice } from './cuda-devices.js';
import type { CudaDriver, Handle, Launch, ParameterBlock } from './cuda-driver.js';
import { Holdings, type Held } from './holdings.js';

/** Memory of the device. */
export interface DeviceMemory extends Held {
  readonly address: Handle;
  readonly bytes: number;
}

/** Memory of the host that the device reaches by itself; the views die with it. */
export interface PinnedMemory extends Held {
  readonly address: Handle;
  readonly bytes: number;
  readonly floats: Float32Array;
  readonly integers: Int32Array;
}

/** A compiled module. */
export interface CudaModule extends Held {
  readonly handle: Handle;
}

/** Kernels that are launched together. */
export interface CudaGraph extends Held {
  readonly handle: Handle;
}

/** The argument of a kernel: see ARGUMENT_BYTES. */
interface KernelArgument {
  readonly model: Handle;
  readonly call: Handle;
  readonly step: number;
  readonly block: number;
}

/**
 * The device's primary context, retained and made current in this thread, with one stream. Calls must not
 * overlap, and come from the thread that opened it. What it made may be given back earlier; `close` does so
 * with all that is left, last first.
 */
export class CudaContext {
  private readonly holdings = new Holdings();
  private readonly stream: Handle;
  private readonly parameters: ParameterBlock;

  /** @throws BackendError, OutOfMemoryError, DeviceLostError; nothing is held then */
  constructor(
    private readonly driver: CudaDriver,
    readonly device: CudaDevice,
  ) {
    try {
      const context = driver.retainContext(device.number);
      this.holdings.add(() => driver.releaseContext(device.number));
      driver.makeCurrent(context);
      this.holdings.add(() => driver.makeCurrent(0n));
      this.stream = driver.createStream();
      this.holdings.add(() => driver.destroyStream(this.stream));
      this.parameters = driver.parameterBlock(ARGUMENT_BYTES);
      this.holdings.add(() => driver.freeParameters(this.parameters));
    } catch (error) {
      releaseQuietly({ release: () => this.close() });
      throw error;
    }
  }

  allocate(bytes: number): DeviceMemory {
    const address = this.driver.allocate(bytes);
    return { address, bytes, ...this.holdings.add(() => this.driver.free(address)) };
  }

  allocatePinned(bytes: number): PinnedMemory {
    const { address, buffer } = this.driver.allocatePinned(bytes);
    const held = this.holdings.add(() => this.driver.freePinned(address));
    return { address, bytes, floats: new Float32Array(buffer), integers: new Int32Array(buffer), ...held };
  }

  /** A copy of the array on the device; waits until it is there. */
  uploaded(array: NodeJS.ArrayBufferView): DeviceMemory {
    const memory = this.allocate(array.byteLength);
    try {
      this.driver.upload(memory.address, array, { bytes: array.byteLength, stream: this.stream });
      this.wait();
      return memory;
    } catch (error) {
      releaseQuietly(memory);
      throw error;
    }
  }

  loadModule(ptx: string): CudaModule {
    const handle = this.driver.loadModule(ptx);
    return { handle, ...this.holdings.add(() => this.driver.unloadModule(handle)) };
  }

  /** @param sharedBytes dynamic shared memory of its launches */
  kernel({ handle }: CudaModule, name: string, sharedBytes: number): Handle {
    const kernel = this.driver.kernel(handle, name);
    this.driver.allowSharedBytes(kernel, sharedBytes);
    return kernel;
  }

  /** From the start of both. */
  upload(to: DeviceMemory, from: PinnedMemory, bytes: number): void {
    this.driver.upload(to.address, from.address, { bytes, stream: this.stream });
  }

  /** From `offset` of one to the same of the other. */
  download(to: PinnedMemory, from: DeviceMemory, { offset, bytes }: { offset: number; bytes: number }): void {
    const at = BigInt(offset);
    this.driver.download(to.address + at, from.address + at, { bytes, stream: this.stream });
  }

  launch(launch: Launch, { model, call, step, block }: KernelArgument): void {
    const { view } = this.parameters;
    view.setBigUint64(0, model, true);
    view.setBigUint64(8, call, true);
    view.setUint32(16, step, true);
    view.setUint32(20, block, true);
    this.driver.launch(launch, this.parameters, this.stream);
  }

  /** What `launchAll` launches, as one graph: nothing runs yet. */
  capture(launchAll: () => void): CudaGraph {
    const { driver, stream } = this;
    driver.beginCapture(stream);
    const graph = this.endCapture(launchAll);
    return withScope((scope) => {
      scope.add(() => driver.destroyGraph(graph));
      const handle = driver.instantiateGraph(graph);
      return { handle, ...this.holdings.add(() => driver.destroyExecutableGraph(handle)) };
    });
  }

  launchGraph({ handle }: CudaGraph): void {
    this.driver.launchGraph(handle, this.stream);
  }

  /** Waits until all is done that was asked for. */
  wait(): void {
    this.driver.synchronize(this.stream);
  }

  /** Milliseconds that the device takes for what `work` asks for. */
  measure(work: () => void): number {
    const { driver, stream } = this;
    return withScope((scope) => {
      const event = (): Handle => {
        const handle = driver.createEvent();
        scope.add(() => driver.destroyEvent(handle));
        return handle;
      };
      const [start, end] = [event(), event()];
      driver.recordEvent(start, stream);
      work();
      driver.recordEvent(end, stream);
      this.wait();
      return driver.millisecondsBetween(start, end);
    });
  }

  /** Gives back all that is left, also where that fails. @throws the first failure */
  close(): void {
    this.holdings.releaseAll();
  }

  /**
   * Does `work`. If its device is lost, nothing of the context is left: whoever meets that makes no other
   * call, and a context that stays retained is given to the next thread as it is.
   */
  async orClose<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DeviceLostError) releaseQuietly({ release: () => this.close() });
      throw error;
    }
  }

  /** A stream whose capture is not ended takes no other work: it is ended also where a launch fails. */
  private endCapture(launchAll: () => void): Handle {
    const { driver, stream } = this;
    try {
      launchAll();
    } catch (error) {
      releaseQuietly({ release: () => driver.destroyGraph(driver.endCapture(stream)) });
      throw error;
    }
    return driver.endCapture(stream);
  }
}

/** What `work` adds to its scope is given back when it is done, whether or not it fails. */
function withScope<Result>(work: (scope: Holdings) => Result): Result {
  const scope = new Holdings();
  let result: Result;
  try {
    result = work(scope);
  } catch (error) {
    releaseQuietly({ release: () => scope.releaseAll() });
    throw error;
  }
  scope.releaseAll();
  return result;
}

/**
 * Where something has failed already, and that is what will be thrown: on a lost device no call succeeds, not
 * even to give back.
 */
function releaseQuietly(held: Held): void {
  try {
    held.release();
  } catch (failure) {
    if (!(failure instanceof DdimError)) throw failure;
  }
}
