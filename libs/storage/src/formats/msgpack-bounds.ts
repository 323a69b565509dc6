import { InputError } from '#ddim';

/** More levels than the messages of robots have. */
const MAX_DEPTH = 8;
/** Keys and elements of all maps and lists together; numbers by the thousand come as bytes. */
const MAX_ITEMS = 65_536;

/** Bytes that follow the types of a fixed size. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [0xc0, 0],
  [0xc2, 0],
  [0xc3, 0],
  [0xca, 4],
  [0xcb, 8],
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
]);
/** Bytes of the length of what has one. */
const TEXT_OR_BYTES: ReadonlyMap<number, LengthBytes> = new Map([
  [0xc4, 1],
  [0xd9, 1],
  [0xc5, 2],
  [0xda, 2],
  [0xc6, 4],
  [0xdb, 4],
]);
type LengthBytes = 1 | 2 | 4;

/**
 * Looks over a message before anything is made of it: it is one value, no length reaches beyond its end, and
 * no type is the sender's own.
 * @throws InputError `invalid_message`
 */
export function checkMsgpack(bytes: Uint8Array): void {
  const walk = new Walk(bytes);
  walk.value(0);
  if (walk.left > 0) throw refusal(`${walk.left} bytes follow the value`);
}

class Walk {
  private readonly view: DataView;
  private at = 0;
  private items = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }

  value(depth: number): void {
    if (depth > MAX_DEPTH) throw refusal(`it has more than ${MAX_DEPTH} levels`);
    const type = this.length(1);
    if (type <= 0x7f || type >= 0xe0) return; // small integers
    if (type <= 0x8f) return this.values(2 * (type & 15), depth);
    if (type <= 0x9f) return this.values(type & 15, depth);
    if (type <= 0xbf) return this.skip(type & 31);
    const fixed = FIXED_BYTES.get(type);
    if (fixed !== undefined) return this.skip(fixed);
    const lengthBytes = TEXT_OR_BYTES.get(type);
    if (lengthBytes !== undefined) return this.skip(this.length(lengthBytes));
    if (type === 0xdc || type === 0xdd) return this.values(this.length(type === 0xdc ? 2 : 4), depth);
    if (type === 0xde || type === 0xdf) return this.values(2 * this.length(type === 0xde ? 2 : 4), depth);
    throw refusal(`byte ${this.at - 1} begins an extension type, of which none is known`);
  }

  private values(count: number, depth: number): void {
    if (count > this.left) throw refusal('a list or map reaches beyond its end');
    this.items += count;
    if (this.items > MAX_ITEMS) throw refusal(`it has more than ${MAX_ITEMS} keys and elements`);
    for (let i = 0; i < count; i++) this.value(depth + 1);
  }

  private length(size: LengthBytes): number {
    const from = this.at;
    this.skip(size);
    if (size === 1) return this.view.getUint8(from);
    return size === 2 ? this.view.getUint16(from) : this.view.getUint32(from);
  }

  private skip(count: number): void {
    if (count > this.left) throw refusal('it ends within a value');
    this.at += count;
  }
}

function refusal(why: string): InputError {
  return new InputError('invalid_message', `this is no MessagePack that is read here: ${why}`);
}
