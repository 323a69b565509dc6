import { InputError } from '#ddim';
import { isMessage, ONNX_SCHEMA, type FieldRule, type MessageName, type Scalar } from './onnx-schema.js';
import {
  countVarints,
  integersOf,
  readFields,
  tagOf,
  varintSize,
  WIRE_TYPES,
  WireError,
  writeVarint,
  type WireField,
} from './protobuf-wire.js';

/** A name in a message; longer ones are nobody's name. */
const MAX_TEXT_BYTES = 65_536;
/** Of the whole file: what is kept of each takes memory, whatever it holds. */
const MAX_FIELDS = 2_000_000;
/** Messages in messages, three to each subgraph; protobuf's readers stop at 100. */
const MAX_DEPTH = 64;

const SCALAR_WIRE_TYPES: Readonly<Record<Scalar, number>> = {
  int32: WIRE_TYPES.varint,
  int64: WIRE_TYPES.varint,
  float: WIRE_TYPES.fixed32,
  double: WIRE_TYPES.fixed64,
  text: WIRE_TYPES.bytes,
  bytes: WIRE_TYPES.bytes,
};
const ELEMENT_BYTES: Readonly<Partial<Record<Scalar, number>>> = { float: 4, double: 8 };

// A byte order mark is part of a name: the runtime keeps it as well.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly isWritten: boolean;
  readonly value: Uint8Array | OnnxMessage;
}

/** What is left of the limits of a file while it is read. */
interface Reading {
  numFields: number;
}

/**
 * A message of an ONNX file in which every field is known and has the type that it ought to have. It is
 * encoded again from its structure: tags and lengths are ours, and of the file's bytes only the values of
 * scalars are copied.
 */
export class OnnxMessage {
  /** Bytes of its encoding. */
  readonly size: number;

  private constructor(private readonly fields: readonly Field[]) {
    this.size = fields.reduce((sum, field) => sum + (field.isWritten ? fieldSize(field) : 0), 0);
  }

  /**
   * Reads a file; values stay views into it.
   * @throws WireError where it is none; InputError `onnx_unknown_field`, or `limit_exceeded` for more than
   * 2,000,000 fields or messages nested more than 64 deep
   */
  static read(bytes: Uint8Array): OnnxMessage {
    return OnnxMessage.readAs('ModelProto', bytes, { numFields: 0 }, 0);
  }

  private static readAs(name: MessageName, bytes: Uint8Array, reading: Reading, depth: number): OnnxMessage {
    if (depth > MAX_DEPTH) throw limit(`messages nested ${MAX_DEPTH} deep`);
    const fields: Field[] = [];
    const seen = new Set<number>();
    for (const field of readFields(bytes)) {
      if ((reading.numFields += 1) > MAX_FIELDS) throw limit(`${MAX_FIELDS} fields`);
      const rule = ONNX_SCHEMA[name].fields[field.number];
      if (rule === undefined)
        throw new InputError(
          'onnx_unknown_field',
          `the ONNX file has a field ${field.number} of ${name}, which ONNX does not define`,
        );
      if (rule === 'skipped') continue;
      if (!rule.isRepeated && seen.has(field.number))
        throw new WireError(`field ${field.number} of ${name} comes twice`);
      seen.add(field.number);
      fields.push(
        readField(field, rule, name, (message) => OnnxMessage.readAs(message, field.value, reading, depth + 1)),
      );
    }
    const [, other] = (ONNX_SCHEMA[name].oneOf ?? []).filter((number) => seen.has(number));
    if (other !== undefined) throw new WireError(`${name} has two kinds of value at once`);
    return new OnnxMessage(fields);
  }

  has(number: number): boolean {
    return this.fields.some((field) => field.number === number);
  }

  /** The messages of a field, in order. */
  messages(number: number): readonly OnnxMessage[] {
    return this.values(number).filter((value) => value instanceof OnnxMessage);
  }

  /** The texts of a field, in order. */
  texts(number: number): readonly string[] {
    return this.bytes(number).map(decodeText);
  }

  /** The text of a field; '' without one. */
  text(number: number): string {
    return this.texts(number).at(-1) ?? '';
  }

  /** The integers of a field, packed or not; none without it. */
  integers(number: number): readonly number[] {
    return this.bytes(number).flatMap((bytes) => Array.from(integersOf(bytes), Number));
  }

  /** The integer of a field; 0 without one. */
  integer(number: number): number {
    return this.integers(number).at(-1) ?? 0;
  }

  /** The values of a field as they are written. */
  bytes(number: number): readonly Uint8Array[] {
    return this.values(number).filter((value) => value instanceof Uint8Array);
  }

  /** The message in bytes of its own, written anew. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.size);
    this.write(out, 0);
    return out;
  }

  private values(number: number): ReadonlyArray<Field['value']> {
    return this.fields.filter((field) => field.number === number).map(({ value }) => value);
  }

  private write(out: Uint8Array, begin: number): number {
    let at = begin;
    for (const { number, wireType, isWritten, value } of this.fields) {
      if (!isWritten) continue;
      at = writeVarint(tagOf(number, wireType), out, at);
      if (wireType === WIRE_TYPES.bytes) at = writeVarint(sizeOf(value), out, at);
      if (value instanceof OnnxMessage) {
        at = value.write(out, at);
      } else {
        out.set(value, at);
        at += value.length;
      }
    }
    return at;
  }
}

function readField(
  { number, wireType, value }: WireField,
  { kind, isRepeated, isWritten }: FieldRule,
  name: MessageName,
  readMessage: (name: MessageName) => OnnxMessage,
): Field {
  const expected = isMessage(kind) ? WIRE_TYPES.bytes : SCALAR_WIRE_TYPES[kind];
  const isPacked = isRepeated && wireType === WIRE_TYPES.bytes && expected !== wireType;
  if (wireType !== expected && !isPacked) throw new WireError(`field ${number} of ${name} must be ${kind}`);
  if (isMessage(kind)) return { number, wireType, isWritten, value: readMessage(kind) };
  checkScalar(kind, value);
  return { number, wireType, isWritten, value };
}

/** One scalar, or many packed. */
function checkScalar(kind: Scalar, value: Uint8Array): void {
  const elementBytes = ELEMENT_BYTES[kind];
  if (elementBytes !== undefined && value.length % elementBytes !== 0)
    throw new WireError(`${value.length} bytes are no numbers of ${elementBytes} bytes`);
  if (kind === 'text') decodeText(value);
  if (kind === 'int64') countVarints(value);
  if (kind !== 'int32') return;
  for (const integer of integersOf(value))
    if (integer !== BigInt.asIntN(32, integer)) throw new WireError(`${integer} has more than 32 bits`);
}

/** @throws WireError for bytes that are no text, or that a reader of C strings would cut */
function decodeText(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEXT_BYTES) throw new WireError('a text is too long for a name');
  try {
    // The copy, since the file may lie in shared memory.
    const text = decoder.decode(new Uint8Array(bytes));
    if (!text.includes('\0')) return text;
  } catch (cause) {
    throw new WireError('a text is not UTF-8', { cause });
  }
  throw new WireError('a text has a zero byte');
}

function fieldSize({ number, wireType, value }: Field): number {
  const size = sizeOf(value);
  return varintSize(tagOf(number, wireType)) + (wireType === WIRE_TYPES.bytes ? varintSize(size) : 0) + size;
}

function sizeOf(value: Field['value']): number {
  return value instanceof OnnxMessage ? value.size : value.length;
}

function limit(most: string): InputError {
  return new InputError('limit_exceeded', `an ONNX file may have at most ${most}, got more`);
}
