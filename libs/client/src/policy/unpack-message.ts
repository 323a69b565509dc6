import { StrideError } from '../stride-error.js';

/** An array of a message, row-major. */
interface MessageArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const text = new TextDecoder();
const FLOAT_BYTES = 4;

/** What a MessagePack message of the service holds. @throws StrideError `unexpected_answer` */
export function unpackMessage(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = new Reader(bytes).value();
  if (value instanceof Map) return fieldsOf(value);
  throw new StrideError('unexpected_answer', 'a message of the service is no map');
}

/** The array under a key of a message. @throws StrideError `unexpected_answer` when there is none */
export function arrayOf(value: unknown): MessageArray {
  const fields = value instanceof Map ? fieldsOf(value) : {};
  const { data, shape } = fields;
  if (!(data instanceof Uint8Array) || !Array.isArray(shape) || fields.dtype !== '<f4')
    throw new StrideError('unexpected_answer', 'the actions are no array of float32');
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const values = Float32Array.from({ length: data.length / FLOAT_BYTES }, (_, i) =>
    view.getFloat32(i * FLOAT_BYTES, true),
  );
  return { shape: shape.map(Number), values };
}

/** Keys that are bytes read as text. */
export function fieldsOf(map: ReadonlyMap<unknown, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...map].map(([key, value]) => [key instanceof Uint8Array ? text.decode(key) : key, value]),
  );
}

class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  value(): unknown {
    const type = this.size(1);
    if (type < 0x80) return type;
    if (type >= 0xe0) return type - 256;
    if (type < 0x90) return this.map(type & 15);
    if (type < 0xa0) return this.list(type & 15);
    if (type < 0xc0) return text.decode(this.take(type & 31));
    if (type >= 0xca && type <= 0xd3) return this.number(type);
    return this.sizedValue(type);
  }

  private sizedValue(type: number): unknown {
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.take(this.size(2 ** (type - 0xc4)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text.decode(this.take(this.size(2 ** (type - 0xd9))));
      case 0xdc:
      case 0xdd:
        return this.list(this.size(2 ** (type - 0xdb)));
      case 0xde:
      case 0xdf:
        return this.map(this.size(2 ** (type - 0xdd)));
      default:
        throw new StrideError('unexpected_answer', `a message of the service holds a byte 0x${type.toString(16)}`);
    }
  }

  private number(type: number): number {
    const readers = [
      [4, (at: number) => this.view.getFloat32(at)],
      [8, (at: number) => this.view.getFloat64(at)],
      [1, (at: number) => this.view.getUint8(at)],
      [2, (at: number) => this.view.getUint16(at)],
      [4, (at: number) => this.view.getUint32(at)],
      [8, (at: number) => Number(this.view.getBigUint64(at))],
      [1, (at: number) => this.view.getInt8(at)],
      [2, (at: number) => this.view.getInt16(at)],
      [4, (at: number) => this.view.getInt32(at)],
      [8, (at: number) => Number(this.view.getBigInt64(at))],
    ] as const;
    const [bytes, read] = readers[type - 0xca];
    this.at += bytes;
    return read(this.at - bytes);
  }

  private size(bytes: number): number {
    return this.number(0xcc + Math.log2(bytes));
  }

  private list(length: number): unknown[] {
    return Array.from({ length }, () => this.value());
  }

  private map(length: number): Map<unknown, unknown> {
    return new Map(Array.from({ length }, () => [this.value(), this.value()]));
  }

  private take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
