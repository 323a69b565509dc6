import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { BackendError } from '#ddim';
import type { OnnxRuntime } from './session.js';

/** An array with its shape, row-major; its length must be the product of the shape. */
export interface ShapedArray<Data extends Float32Array | Int32Array = Float32Array | Int32Array> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/**
 * A session that reads and writes its callers' arrays in place, and allocates nothing while they and their
 * shapes stay the same. Arrays on a SharedArrayBuffer, which ONNX Runtime refuses, go through memory of its
 * own.
 */
export class BoundSession {
  private readonly slots = new Map<string, TensorSlot>();

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly session: InferenceSession,
  ) {}

  /**
   * Runs the graph once; `results` are overwritten.
   * @throws BackendError when an array does not match its shape; whatever ONNX Runtime throws
   */
  async run(
    feeds: Readonly<Record<string, ShapedArray>>,
    results: Readonly<Record<string, ShapedArray<Float32Array>>>,
  ): Promise<void> {
    const inputs: Record<string, Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) {
      const slot = this.slot(name, feed.data instanceof Int32Array ? 'int32' : 'float32');
      inputs[name] = slot.tensor(feed);
      slot.write(feed.data);
    }
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) outputs[name] = this.slot(name, 'float32').tensor(result);
    await this.session.run(inputs, outputs);
    for (const [name, { data }] of Object.entries(results)) this.slot(name, 'float32').read(data);
  }

  async release(): Promise<void> {
    this.slots.clear();
    await this.session.release();
  }

  private slot(name: string, type: 'float32' | 'int32'): TensorSlot {
    const known = this.slots.get(name);
    if (known) return known;
    const slot = new TensorSlot(this.runtime, name, type);
    this.slots.set(name, slot);
    return slot;
  }
}

type Numbers = Float32Array | Int32Array;

/** One input or output: keeps the tensor of the last array and shape. */
class TensorSlot {
  /** For arrays on shared memory: grows to the largest call so far. */
  private memory: Numbers;
  private current: { readonly key: string; readonly view: Numbers; readonly tensor: Tensor } | undefined;

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly name: string,
    private readonly type: 'float32' | 'int32',
  ) {
    this.memory = type === 'float32' ? new Float32Array(0) : new Int32Array(0);
  }

  /** A tensor over the array itself, or over own memory if it is shared. */
  tensor({ data, shape }: ShapedArray): Tensor {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (size !== data.length) {
      throw new BackendError(`${this.name} must be [${shape.join(',')}] = ${size} numbers, got ${data.length}`);
    }
    const key = shape.join(',');
    const view = data.buffer instanceof SharedArrayBuffer ? this.ownMemory(size) : data;
    if (this.current?.key === key && isSameMemory(this.current.view, view)) return this.current.tensor;
    this.current = { key, view, tensor: new this.runtime.Tensor(this.type, view, shape) };
    return this.current.tensor;
  }

  write(data: Numbers): void {
    if (this.current && !isSameMemory(this.current.view, data)) this.current.view.set(data);
  }

  read(into: Float32Array): void {
    if (this.current && !isSameMemory(this.current.view, into)) into.set(this.current.view);
  }

  private ownMemory(size: number): Numbers {
    if (this.memory.length < size)
      this.memory = this.type === 'float32' ? new Float32Array(size) : new Int32Array(size);
    return this.memory.subarray(0, size);
  }
}

/** Of two arrays of the same length. */
function isSameMemory(left: Numbers, right: Numbers): boolean {
  return left.buffer === right.buffer && left.byteOffset === right.byteOffset;
}
