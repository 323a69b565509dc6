import { crc32 } from 'node:zlib';

/** What stands in the headers of an entry; what is left out is true. */
interface ZipFields {
  readonly name: string;
  readonly compressed: Uint8Array;
  readonly localName?: string;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly localOffset?: number;
}

/**
 * An archive written without any check; deflated entries whose fields can all be lies. `count` stands in the
 * end record.
 */
export function zip(entries: readonly ZipFields[], end: { count?: number; start?: number } = {}): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, compressed, size = compressed.length, method = 8, flags = 0, crc = crc32(compressed) } = entry;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(entry.localName ?? name), 26);
    locals.push(local, Buffer.from(entry.localName ?? name), Buffer.from(compressed));
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(flags, 8);
    record.writeUInt16LE(method, 10);
    record.writeUInt32LE(crc, 16);
    record.writeUInt32LE(entry.compressedSize ?? compressed.length, 20);
    record.writeUInt32LE(size, 24);
    record.writeUInt16LE(Buffer.byteLength(name), 28);
    record.writeUInt32LE(entry.localOffset ?? offset, 42);
    central.push(record, Buffer.from(name));
    offset += local.length + Buffer.byteLength(entry.localName ?? name) + compressed.length;
  }
  const directory = Buffer.concat(central);
  const tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50, 0);
  tail.writeUInt16LE(end.count ?? entries.length, 8);
  tail.writeUInt16LE(end.count ?? entries.length, 10);
  tail.writeUInt32LE(directory.length, 12);
  tail.writeUInt32LE(end.start ?? offset, 16);
  return Buffer.concat([...locals, directory, tail]);
}

/** The second entry's local header lies within the first entry's data. */
export function overlappingZip(small: Uint8Array): Buffer {
  const inner = zip([{ name: 'b.npy', compressed: small, method: 0 }]).subarray(0, 30 + 5 + small.length);
  return zip([
    { name: 'a.npy', compressed: inner, method: 0 },
    { name: 'b.npy', compressed: small, method: 0, localOffset: 35, localName: 'b.npy' },
  ]);
}
