/** Opens a library of the system by koffi. Knows nothing of what the library does. */

import { BackendError } from '#ddim';

type Koffi = typeof import('koffi');

/** What a parameter takes; `pointer` takes an address, or an array that is read and written in place. */
export type NativeType = 'int' | 'uint32' | 'uint64' | 'size_t' | 'str' | 'pointer';
export type NativeValue = number | bigint | string | null | NodeJS.ArrayBufferView;
export type NativeFunction = (...values: readonly NativeValue[]) => unknown;

/** A library that is loaded, and memory that does not move while it is read. */
export class NativeLibrary {
  private constructor(
    private readonly koffi: Koffi,
    private readonly handle: ReturnType<Koffi['load']>,
    private readonly file: string,
  ) {}

  /** @throws BackendError when the package koffi or the library is not there */
  static async open(file: string): Promise<NativeLibrary> {
    const koffi = await importKoffi();
    try {
      return new NativeLibrary(koffi, koffi.load(file), file);
    } catch (cause) {
      throw new BackendError(`${file} cannot be loaded: ${messageOf(cause)}`, { cause });
    }
  }

  /** A function that returns a status. @throws BackendError when the library does not have it */
  function(name: string, parameters: readonly NativeType[]): NativeFunction {
    return this.bind(name, 'int', parameters);
  }

  /** A function that returns a text. @throws BackendError when the library does not have it */
  textFunction(name: string, parameters: readonly NativeType[]): NativeFunction {
    return this.bind(name, 'str', parameters);
  }

  /** The text at an address, up to its zero byte. */
  text(address: bigint): string {
    return this.koffi.decode.string(address);
  }

  /** The memory at an address, which must outlive its last use here. */
  view(address: bigint, bytes: number): ArrayBuffer {
    return this.koffi.view(address, bytes);
  }

  /** Memory that does not move, zeroed; for `free`. */
  allocate(bytes: number): bigint {
    const address: unknown = this.koffi.alloc('uint8', bytes);
    if (typeof address !== 'bigint') throw new TypeError(`koffi gives addresses as ${typeof address}`);
    new Uint8Array(this.view(address, bytes)).fill(0);
    return address;
  }

  free(address: bigint): void {
    this.koffi.free(address);
  }

  private bind(name: string, result: 'int' | 'str', parameters: readonly NativeType[]): NativeFunction {
    try {
      const types = parameters.map((type) => (type === 'pointer' ? 'void *' : type));
      return this.handle.func(name, result, types);
    } catch (cause) {
      throw new BackendError(`${this.file} is too old: it has no ${name}`, { cause });
    }
  }
}

/** An optional package: it is not installed everywhere. */
async function importKoffi(): Promise<Koffi> {
  try {
    return await import('koffi');
  } catch (cause) {
    throw new BackendError(`the package koffi cannot be loaded: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
