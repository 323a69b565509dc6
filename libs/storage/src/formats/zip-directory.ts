import { InputError } from '#ddim';

/** One file of a zip archive; its compressed bytes are begin..end of the archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly begin: number;
  readonly end: number;
  /** Decompressed, as declared. */
  readonly size: number;
  readonly crc: number;
}

interface CentralRecord extends Omit<ZipEntry, 'begin' | 'end'> {
  readonly localOffset: number;
  readonly compressedSize: number;
}

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 65_535;
const MAX_ENTRIES = 64;
const ENCRYPTED = 1;
const METHODS: ReadonlyMap<number, ZipEntry['method']> = new Map([
  [0, 'stored'],
  [8, 'deflated'],
]);
const ARRAY_NAME = /^[A-Za-z0-9_.-]{1,128}\.npy$/;
const HARMLESS_NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\/?$/;

/**
 * The entries of an npz archive from its central directory, the only place where names and sizes are
 * believed.
 * @throws InputError `invalid_zip`, `invalid_zip_name`, or `unsupported_format` for an archive of something
 * else
 */
export function readZipDirectory(bytes: Uint8Array): readonly ZipEntry[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEnd(view);
  const count = view.readUInt16LE(end + 10);
  const start = view.readUInt32LE(end + 16);
  if (view.readUInt32LE(end + 4) !== 0 || view.readUInt16LE(end + 8) !== count) throw invalid('one part alone');
  if (count > MAX_ENTRIES) throw invalid(`at most ${MAX_ENTRIES} entries, got ${count}`);
  const entries: ZipEntry[] = [];
  let offset = start;
  for (let i = 0; i < count; i++) {
    const { record, next } = readCentralRecord(view, offset, end);
    entries.push(locate(view, record, start));
    offset = next;
  }
  if (offset !== end) throw invalid('a directory of as many entries as it counts, up to its end');
  checkNames(entries);
  checkOverlap(entries);
  return entries;
}

/** The end record, searched backwards through the longest possible comment. */
function findEnd(view: Buffer): number {
  const first = Math.max(view.length - END_BYTES - MAX_COMMENT_BYTES, 0);
  for (let at = view.length - END_BYTES; at >= first; at--)
    if (view.readUInt32LE(at) === END_SIGNATURE && at + END_BYTES + view.readUInt16LE(at + 20) === view.length)
      return at;
  throw invalid('a central directory');
}

function readCentralRecord(view: Buffer, offset: number, end: number): { record: CentralRecord; next: number } {
  if (offset + CENTRAL_BYTES > end || view.readUInt32LE(offset) !== CENTRAL_SIGNATURE) throw invalid('whole entries');
  const next =
    offset +
    CENTRAL_BYTES +
    view.readUInt16LE(offset + 28) +
    view.readUInt16LE(offset + 30) +
    view.readUInt16LE(offset + 32);
  if (next > end) throw invalid('whole entries');
  if ((view.readUInt16LE(offset + 8) & ENCRYPTED) !== 0) throw invalid('no encrypted entries');
  const method = METHODS.get(view.readUInt16LE(offset + 10));
  if (!method) throw invalid('entries that are stored or deflated');
  const record = {
    name: view.toString('latin1', offset + CENTRAL_BYTES, offset + CENTRAL_BYTES + view.readUInt16LE(offset + 28)),
    method,
    crc: view.readUInt32LE(offset + 16),
    compressedSize: view.readUInt32LE(offset + 20),
    size: view.readUInt32LE(offset + 24),
    localOffset: view.readUInt32LE(offset + 42),
  };
  if (method === 'stored' && record.size !== record.compressedSize) throw invalid('stored entries of one size');
  return { record, next };
}

/** Finds the data behind the local header, whose own sizes are not believed: writers may leave them empty. */
function locate(view: Buffer, { localOffset, compressedSize, ...record }: CentralRecord, limit: number): ZipEntry {
  if (localOffset + LOCAL_BYTES > limit || view.readUInt32LE(localOffset) !== LOCAL_SIGNATURE)
    throw invalid('a local header for every entry');
  const nameEnd = localOffset + LOCAL_BYTES + view.readUInt16LE(localOffset + 26);
  const begin = nameEnd + view.readUInt16LE(localOffset + 28);
  const end = begin + compressedSize;
  if (end > limit) throw invalid('entries that end before the directory');
  if (view.toString('latin1', localOffset + LOCAL_BYTES, nameEnd) !== record.name)
    throw invalid('the same names in both headers');
  return { ...record, begin, end };
}

function checkNames(entries: readonly ZipEntry[]): void {
  const bad = entries.find(({ name }) => !ARRAY_NAME.test(name) && !HARMLESS_NAME.test(name));
  if (bad)
    throw new InputError(
      'invalid_zip_name',
      `an entry of an npz file must be called NAME.npy, got ${JSON.stringify(bad.name.slice(0, 80))}`,
    );
  const foreign = entries.find(({ name }) => !ARRAY_NAME.test(name));
  if (foreign)
    throw new InputError(
      'unsupported_format',
      `a zip archive must hold npy files alone, got ${foreign.name.slice(0, 80)}`,
    );
  if (new Set(entries.map(({ name }) => name)).size < entries.length) throw invalid('every name once');
}

function checkOverlap(entries: readonly ZipEntry[]): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin)) {
    if (begin - LOCAL_BYTES - name.length < covered) throw invalid('entries that do not overlap');
    covered = end;
  }
}

function invalid(expected: string): InputError {
  return new InputError('invalid_zip', `invalid npz file: the archive must have ${expected}`);
}
