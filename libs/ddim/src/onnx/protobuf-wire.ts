/** Thrown when bytes are not a protobuf message, or end in the middle of one. */
export class WireError extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;
/** A name in a message; longer ones are nobody's name. */
const MAX_TEXT_BYTES = 65_536;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** One field of a message; its value is read only when it is asked for. */
export class WireField {
  constructor(
    readonly number: number,
    private readonly wireType: number,
    private readonly bytes: Uint8Array,
    private readonly begin: number,
    private readonly end: number,
  ) {}

  /** @throws WireError when the field is no varint */
  integer(): number {
    if (this.wireType !== VARINT) throw new WireError(`field ${this.number} must be an integer`);
    return Number(BigInt.asIntN(64, readVarint(this.bytes, this.begin, this.end).value));
  }

  /** A repeated integer: one, or many packed. @throws WireError when the field is neither */
  integers(): readonly number[] {
    if (this.wireType === VARINT) return [this.integer()];
    this.requireLength();
    const integers: number[] = [];
    for (let at = this.begin; at < this.end;) {
      const { value, next } = readVarint(this.bytes, at, this.end);
      integers.push(Number(BigInt.asIntN(64, value)));
      at = next;
    }
    return integers;
  }

  /** @throws WireError when the field is no text */
  text(): string {
    this.requireLength();
    if (this.end - this.begin > MAX_TEXT_BYTES) throw new WireError(`field ${this.number} is too long for a name`);
    try {
      return decoder.decode(this.bytes.subarray(this.begin, this.end));
    } catch (cause) {
      throw new WireError(`field ${this.number} must be UTF-8`, { cause });
    }
  }

  /** The fields of a message within the message. @throws WireError when the field is none */
  message(): Generator<WireField> {
    this.requireLength();
    return readFields(this.bytes, this.begin, this.end);
  }

  private requireLength(): void {
    if (this.wireType !== LENGTH_DELIMITED) throw new WireError(`field ${this.number} must be length-delimited`);
  }
}

/**
 * The fields of a protobuf message one after the other; nothing is copied.
 * @throws WireError where the bytes are no message any more
 */
export function* readFields(bytes: Uint8Array, begin = 0, end = bytes.length): Generator<WireField> {
  for (let at = begin; at < end;) {
    const tag = readVarint(bytes, at, end);
    const number = Number(tag.value >> 3n);
    const wireType = Number(tag.value & 7n);
    const { from, to } = findValue(bytes, wireType, tag.next, end);
    if (number === 0 || to > end)
      throw new WireError(`field ${number} at byte ${at} does not fit into ${end - at} bytes`);
    yield new WireField(number, wireType, bytes, from, to);
    at = to;
  }
}

/** Where a field's value begins and ends; the end may lie beyond the bytes. */
function findValue(bytes: Uint8Array, wireType: number, at: number, end: number): { from: number; to: number } {
  switch (wireType) {
    case VARINT:
      return { from: at, to: readVarint(bytes, at, end).next };
    case FIXED64:
      return { from: at, to: at + 8 };
    case LENGTH_DELIMITED: {
      const { value, next } = readVarint(bytes, at, end);
      return { from: next, to: next + Number(value) };
    }
    case FIXED32:
      return { from: at, to: at + 4 };
    default:
      throw new WireError(`there is no wire type ${wireType}`);
  }
}

function readVarint(bytes: Uint8Array, begin: number, end: number): { value: bigint; next: number } {
  let value = 0n;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    if (begin + i >= end) throw new WireError('an integer ends early');
    const byte = bytes[begin + i];
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value, next: begin + i + 1 };
  }
  throw new WireError('an integer does not end');
}
