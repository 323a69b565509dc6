import { crc32, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import { InputError } from '#ddim';
import { errnoCode } from '../storage-error.js';
import { decodeNpy } from './npy.js';
import type { TypedTensor } from './tensor.js';
import { readZipDirectory, type ZipEntry } from './zip-directory.js';

/** Decompressed arrays may be this many times larger than the file. */
const MAX_RATIO = 100;
/** Below this, any ratio is accepted: small constant arrays compress better than 100:1. */
const FREE_BYTES = 16 * 1_048_576;
const MAX_TOTAL_BYTES = 1_073_741_824;

const inflate = promisify(inflateRaw);

/**
 * The arrays of an npz file by name, without `.npy`, or those that are wanted of them; limits: 64 entries,
 * 100 times the file's size (or 16 MiB) and 1 GiB in all, checked as declared and again while inflating.
 * @throws InputError `invalid_zip`, `invalid_zip_name`, `decompressed_too_large`, `unsupported_format` or the
 * codes of decodeNpy
 */
export async function decodeNpz(
  bytes: Uint8Array,
  wanted?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, TypedTensor>> {
  const entries = readZipDirectory(bytes).filter((entry) => wanted?.has(arrayName(entry)) !== false);
  const limit = Math.min(Math.max(MAX_RATIO * bytes.length, FREE_BYTES), MAX_TOTAL_BYTES);
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > limit) throw tooLarge(`${total} bytes`, limit);
  const arrays = new Map<string, TypedTensor>();
  // One after the other: memory then holds one inflater.
  for (const entry of entries) {
    const name = arrayName(entry);
    arrays.set(name, decodeNpy(await content(bytes, entry), name));
  }
  return arrays;
}

/** Names of all arrays of an npz file. @throws InputError like decodeNpz */
export function npzNames(bytes: Uint8Array): readonly string[] {
  return readZipDirectory(bytes).map(arrayName);
}

function arrayName({ name }: ZipEntry): string {
  return name.slice(0, -'.npy'.length);
}

async function content(bytes: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  const stored = bytes.subarray(entry.begin, entry.end);
  const data = entry.method === 'stored' ? stored : await inflateEntry(stored, entry);
  if (data.length !== entry.size) throw invalid(`${entry.name} must have ${entry.size} bytes, got ${data.length}`);
  if (crc32(data) !== entry.crc) throw invalid(`${entry.name} does not match its checksum`);
  return data;
}

async function inflateEntry(stored: Uint8Array, { name, size }: ZipEntry): Promise<Uint8Array> {
  try {
    return await inflate(stored, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    if (errnoCode(cause) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(`more in ${name}`, size);
    throw new InputError('invalid_zip', `invalid npz file: ${name} cannot be inflated`, { cause });
  }
}

function tooLarge(came: string, limit: number): InputError {
  return new InputError(
    'decompressed_too_large',
    `the arrays must have at most ${limit} bytes decompressed, got ${came}`,
  );
}

function invalid(message: string): InputError {
  return new InputError('invalid_zip', `invalid npz file: ${message}`);
}
