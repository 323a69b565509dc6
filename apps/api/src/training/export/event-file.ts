import protobuf from 'protobufjs/light.js';

/** A number of a run, as TensorBoard plots it. */
export interface PlottedNumber {
  readonly tag: string;
  readonly value: number;
}

/** What a run was at one step; `at` in milliseconds since 1970. */
interface EventRecord {
  readonly at: number;
  readonly step: number;
  readonly scalars: readonly PlottedNumber[];
}

/**
 * A TensorBoard event file: TFRecords of tensorflow.Event, the version first. Only the fields that scalars
 * need. Sources: tensorflow/core/util/event.proto, framework/summary.proto, lib/io/record_writer.cc.
 */
export function encodeEventFile(events: readonly EventRecord[]): Buffer {
  const at = (events[0]?.at ?? 0) / 1_000;
  const version = protobuf.Writer.create().uint32(9).double(at).uint32(26).string('brain.Event:2').finish();
  return Buffer.concat([version, ...events.map(encodeEvent)].map(recordOf));
}

/** Event: wall_time = 1, step = 2, summary = 5; Summary: value = 1; Value: tag = 1, simple_value = 2. */
function encodeEvent({ at, step, scalars }: EventRecord): Uint8Array {
  const writer = protobuf.Writer.create()
    .uint32(9)
    .double(at / 1_000)
    .uint32(16)
    .int64(step)
    .uint32(42)
    .fork();
  for (const { tag, value } of scalars)
    writer.uint32(10).fork().uint32(10).string(tag).uint32(21).float(value).ldelim();
  return writer.ldelim().finish();
}

/** A record: its length, that length's checksum, its bytes, their checksum. */
function recordOf(data: Uint8Array): Buffer {
  const record = Buffer.alloc(12 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return record;
}

/** CRC-32C, rotated and shifted as TensorFlow stores it. */
function maskedChecksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
