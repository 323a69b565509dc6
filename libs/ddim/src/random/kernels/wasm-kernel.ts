import { i32, unsigned, v128, type WasmExpression } from './wasm-vectors.js';

type WasmType = 'i32' | 'f32' | 'v128';

/** A parameter or variable of a kernel; `value` reads it. */
export interface WasmLocal {
  readonly index: number;
  readonly value: WasmExpression;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of the global that we use: the type library of the language itself leaves it out. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { host: { memory: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
const CODES = {
  loop: 0x03,
  noResult: 0x40,
  add: 0x6a,
  tee: 0x22,
  less: 0x49,
  branchIf: 0x0d,
  toLoop: 0x00,
  endOfLoop: 0x0b,
} as const;
const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536;

/**
 * Writes one WebAssembly function over numbers in a memory of the host (WebAssembly core specification 2.0,
 * binary format): loops over arrays that the CPU's vector instructions run several times faster than
 * JavaScript.
 */
export class KernelBuilder {
  readonly parameters: readonly WasmLocal[];
  private readonly variables: WasmType[] = [];
  private readonly body: number[] = [];

  constructor(private readonly parameterTypes: readonly WasmType[]) {
    this.parameters = parameterTypes.map((_, index) => local(index));
  }

  variable(type: WasmType, value: WasmExpression): WasmLocal {
    const variable = local(this.parameterTypes.length + this.variables.length);
    this.variables.push(type);
    this.assign(variable, value);
    return variable;
  }

  assign({ index }: WasmLocal, value: WasmExpression): void {
    this.body.push(...value, 0x21, ...unsigned(index));
  }

  /** Writes 16 bytes to `address` + `offset`. */
  store(address: WasmExpression, offset: number, value: WasmExpression): void {
    this.body.push(...v128.store(address, offset, value));
  }

  /** Runs what `write` adds for `from`, `from` + stride, ... below `end`, at least once. */
  forEach(from: WasmLocal, end: WasmLocal, stride: number, write: () => void): void {
    const { loop, noResult, add, tee, less, branchIf, toLoop, endOfLoop } = CODES;
    this.body.push(loop, noResult);
    write();
    const next = [...from.value, ...i32(stride), add, tee, ...unsigned(from.index)];
    this.body.push(...next, ...end.value, less, branchIf, toLoop, endOfLoop);
  }

  /** The function, over `memory`; it takes the parameters in order and returns nothing. */
  compile(memory: WasmMemory): (...args: number[]) => void {
    const module = new WebAssembly.Module(this.encode());
    const { run } = new WebAssembly.Instance(module, { host: { memory } }).exports;
    if (!isKernel(run)) throw new TypeError('the module exports no function');
    return run;
  }

  private encode(): Uint8Array {
    const signature = [0x60, ...list(this.parameterTypes.map((type) => [TYPES[type]])), 0];
    const locals = list(this.variables.map((type) => [1, TYPES[type]]));
    const code = [...locals, ...this.body, 0x0b];
    return Uint8Array.from([
      ...MAGIC_AND_VERSION,
      ...section(1, list([signature])),
      ...section(2, list([[...text('host'), ...text('memory'), 2, 0, 0]])),
      ...section(3, list([[0]])),
      ...section(7, list([[...text('run'), 0, 0]])),
      ...section(10, list([[...unsigned(code.length), ...code]])),
    ]);
  }
}

/**
 * Memory of at least `numBytes`, all 0.
 * @throws RangeError when there is not that much, or above 4 GiB
 */
export function makeWasmMemory(numBytes: number): WasmMemory {
  const pages = Math.max(1, Math.ceil(numBytes / PAGE_BYTES));
  if (pages > MAX_PAGES) throw new RangeError(`${numBytes} bytes are more than the 4 GiB of one memory`);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

function isKernel(value: unknown): value is (...args: number[]) => void {
  return typeof value === 'function';
}

function local(index: number): WasmLocal {
  return { index, value: [0x20, ...unsigned(index)] };
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...unsigned(content.length), ...content];
}

function list(entries: ReadonlyArray<readonly number[]>): readonly number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(value: string): readonly number[] {
  return [...unsigned(value.length), ...new TextEncoder().encode(value)];
}
