/** The states of rows in memory that all threads share. Knows nothing of requests and steps. */

/** Sizes of one row: D = outputSize of the state, H = size of its condition. */
export interface SlabShape {
  readonly outputSize: number;
  readonly conditionSize: number;
}

/** A row's state lies in one of two halves; a macro-step reads one and writes the other. */
export type Half = 0 | 1;

/** A chunk has no more slots, and no more bytes unless a single slot has. */
const MAX_SLOTS_PER_CHUNK = 256;
const MAX_CHUNK_BYTES = 64 * 2 ** 20;

/** One slab for all models of a shape. */
export function slabKey({ outputSize, conditionSize }: SlabShape): string {
  return `${outputSize}x${conditionSize}`;
}

/**
 * The states of rows in shared memory, as every thread sees them: per slot two halves of x [D] and a
 * condition [H]. A thread that dies while it writes one half leaves the other, the last complete state,
 * untouched.
 */
export class SlabMemory {
  private readonly chunks: Float32Array[] = [];
  readonly slotsPerChunk: number;
  private readonly stride: number;

  constructor(readonly shape: SlabShape) {
    this.stride = 2 * shape.outputSize + shape.conditionSize;
    const slots = Math.floor(MAX_CHUNK_BYTES / (this.stride * Float32Array.BYTES_PER_ELEMENT));
    this.slotsPerChunk = Math.min(Math.max(slots, 1), MAX_SLOTS_PER_CHUNK);
  }

  get chunkBytes(): number {
    return this.slotsPerChunk * this.stride * Float32Array.BYTES_PER_ELEMENT;
  }

  addChunk(buffer: SharedArrayBuffer): void {
    this.chunks.push(new Float32Array(buffer));
  }

  /** x [D] of a slot, a view. */
  state(slot: number, half: Half): Float32Array {
    return this.view(slot, half * this.shape.outputSize, this.shape.outputSize);
  }

  /** Condition [H] of a slot, a view. */
  condition(slot: number): Float32Array {
    return this.view(slot, 2 * this.shape.outputSize, this.shape.conditionSize);
  }

  private view(slot: number, offset: number, length: number): Float32Array {
    const begin = (slot % this.slotsPerChunk) * this.stride + offset;
    return this.chunks[Math.floor(slot / this.slotsPerChunk)].subarray(begin, begin + length);
  }
}

/** Gives out the slots of a slab; it grows by a chunk when all are taken and keeps what it has. */
export class RowSlab {
  readonly memory: SlabMemory;
  readonly buffers: SharedArrayBuffer[] = [];
  private readonly freeSlots: number[] = [];

  constructor(readonly shape: SlabShape) {
    this.memory = new SlabMemory(shape);
  }

  get slots(): number {
    return this.buffers.length * this.memory.slotsPerChunk;
  }

  get slotsInUse(): number {
    return this.slots - this.freeSlots.length;
  }

  allocate(): number {
    return this.freeSlots.pop() ?? this.grow();
  }

  release(slot: number): void {
    this.freeSlots.push(slot);
  }

  /** Adds a chunk and gives out its first slot. */
  private grow(): number {
    const first = this.slots;
    const buffer = new SharedArrayBuffer(this.memory.chunkBytes);
    this.buffers.push(buffer);
    this.memory.addChunk(buffer);
    for (let slot = first + this.memory.slotsPerChunk - 1; slot > first; slot--) this.freeSlots.push(slot);
    return first;
  }
}
