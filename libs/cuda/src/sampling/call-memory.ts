/** The memory of calls on both sides, which grows to the largest so far. Knows nothing of what is in it. */

import type { CudaContext, DeviceMemory, PinnedMemory } from '../runtime/cuda-context.js';

/** By a half at least, so that batches that grow row by row do not allocate each time. */
const GROWTH = 1.5;

/** Memory for one call at a time; valid until more is asked for. */
export class CallMemory<Content = unknown> {
  /** What whoever called last has left on the device, as it knows it. */
  content: Content | undefined;
  private readonly hostSide: Growing<PinnedMemory>;
  private readonly deviceSide: Growing<DeviceMemory>;

  constructor(context: CudaContext) {
    this.hostSide = new Growing((bytes) => context.allocatePinned(bytes));
    this.deviceSide = new Growing((bytes) => context.allocate(bytes));
  }

  /** At least so many bytes. @throws OutOfMemoryError */
  host(bytes: number): PinnedMemory {
    return this.hostSide.atLeast(bytes);
  }

  /** At least so many bytes; another object has another address. @throws OutOfMemoryError */
  device(bytes: number): DeviceMemory {
    return this.deviceSide.atLeast(bytes);
  }
}

class Growing<Memory extends DeviceMemory | PinnedMemory> {
  private memory: Memory | undefined;

  constructor(private readonly allocate: (bytes: number) => Memory) {}

  atLeast(bytes: number): Memory {
    const { memory } = this;
    if (memory && memory.bytes >= bytes) return memory;
    this.memory = undefined;
    memory?.release(); // before the larger one is there: both may not fit
    return (this.memory = this.allocate(Math.max(bytes, Math.ceil((memory?.bytes ?? 0) * GROWTH))));
  }
}
