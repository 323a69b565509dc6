import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { BackendError } from '../errors.js';
import type { OnnxRuntime } from './session.js';

/** An array with its shape, row-major; its length must be the product of the shape. */
export interface ShapedArray<Data extends Float32Array | Int32Array = Float32Array | Int32Array> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/**
 * A session whose inputs and outputs live in memory of our own that is reused from call to call: nothing is allocated while the shapes
 * stay the same. It also lets callers keep their arrays on a SharedArrayBuffer, which ONNX Runtime refuses.
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
    for (const [name, { data, shape }] of Object.entries(feeds)) {
      const slot = this.slot(name, data instanceof Int32Array ? 'int32' : 'float32');
      inputs[name] = slot.tensor(shape, data.length);
      slot.write(data);
    }
    const outputs: Record<string, Tensor> = {};
    for (const [name, { data, shape }] of Object.entries(results)) {
      outputs[name] = this.slot(name, 'float32').tensor(shape, data.length);
    }
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

/** The memory of one input or output: grows to the largest call so far, and keeps the tensor of the last shape. */
class TensorSlot {
  private memory: Float32Array | Int32Array;
  private current:
    { readonly key: string; readonly view: Float32Array | Int32Array; readonly tensor: Tensor } | undefined;

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly name: string,
    private readonly type: 'float32' | 'int32',
  ) {
    this.memory = type === 'float32' ? new Float32Array(0) : new Int32Array(0);
  }

  tensor(shape: readonly number[], length: number): Tensor {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (size !== length) {
      throw new BackendError(`${this.name} must be [${shape.join(',')}] = ${size} numbers, got ${length}`);
    }
    const key = shape.join(',');
    if (this.current?.key === key) return this.current.tensor;
    if (this.memory.length < size)
      this.memory = this.type === 'float32' ? new Float32Array(size) : new Int32Array(size);
    const view = this.memory.subarray(0, size);
    this.current = { key, view, tensor: new this.runtime.Tensor(this.type, view, shape) };
    return this.current.tensor;
  }

  write(data: Float32Array | Int32Array): void {
    this.current?.view.set(data);
  }

  read(into: Float32Array): void {
    if (this.current) into.set(this.current.view);
  }
}
