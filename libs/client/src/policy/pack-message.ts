/** What a message may hold: arrays of numbers are tensors of one axis. */
export type MessageValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Float32Array
  | readonly MessageValue[]
  | { readonly [key: string]: MessageValue | undefined };

const text = new TextEncoder();
const FLOAT_BYTES = 4;

/** MessagePack, with arrays as openpi's msgpack_numpy writes them. Fields that are undefined are left out. */
export function packMessage(value: MessageValue): Uint8Array {
  const pieces: Uint8Array[] = [];
  write(value, pieces);
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function write(value: MessageValue, to: Uint8Array[]): void {
  if (value === null) to.push(Uint8Array.of(0xc0));
  else if (typeof value === 'boolean') to.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  else if (typeof value === 'number') to.push(numberBytes(value));
  else if (typeof value === 'string') to.push(...sized(0xdb, text.encode(value)));
  else if (value instanceof Float32Array) writeArray(value, to);
  else if (value instanceof Uint8Array) to.push(...sized(0xc6, value));
  else if (isList(value)) {
    to.push(head(0xdd, value.length));
    for (const element of value) write(element, to);
  } else writeMap(value, to);
}

function isList(value: object): value is readonly MessageValue[] {
  return Array.isArray(value);
}

function writeMap(map: { readonly [key: string]: MessageValue | undefined }, to: Uint8Array[]): void {
  const fields = Object.entries(map).filter((field): field is [string, MessageValue] => field[1] !== undefined);
  to.push(head(0xdf, fields.length));
  for (const [key, value] of fields) {
    write(key, to);
    write(value, to);
  }
}

/** A map whose keys are bytes. */
function writeArray(values: Float32Array, to: Uint8Array[]): void {
  const data = new DataView(new ArrayBuffer(values.length * FLOAT_BYTES));
  values.forEach((value, i) => data.setFloat32(i * FLOAT_BYTES, value, true));
  const fields: readonly (readonly [string, MessageValue])[] = [
    ['__ndarray__', true],
    ['data', new Uint8Array(data.buffer)],
    ['dtype', '<f4'],
    ['shape', [values.length]],
  ];
  to.push(head(0xdf, fields.length));
  for (const [key, value] of fields) {
    write(text.encode(key), to);
    write(value, to);
  }
}

function numberBytes(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(9));
  const isWhole = Number.isSafeInteger(value);
  view.setUint8(0, isWhole ? 0xd3 : 0xcb);
  if (isWhole) view.setBigInt64(1, BigInt(value));
  else view.setFloat64(1, value);
  return new Uint8Array(view.buffer);
}

function sized(type: number, bytes: Uint8Array): Uint8Array[] {
  return [head(type, bytes.length), bytes];
}

function head(type: number, size: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(5));
  view.setUint8(0, type);
  view.setUint32(1, size);
  return new Uint8Array(view.buffer);
}
