import { setTimeout as sleep } from 'node:timers/promises';
import { BlobHash, checkHash } from '../blob-hash.js';
import type { Download } from './blob-service.js';

/** So often a download may break off without a byte in between. */
const MAX_FAILURES = 4;
const FIRST_PAUSE_MS = 50;

/** The bytes of a download; where it breaks off, the rest is asked for again. */
export async function* resumed(
  first: Download,
  ask: (at: number) => Promise<Download | undefined>,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let failures = 0;
  for (let download = first; ;) {
    try {
      for await (const chunk of download.chunks) {
        at += chunk.length;
        failures = 0;
        yield chunk;
      }
      if (at >= first.bytes) return;
      throw new Error(`the bytes end after ${at} of ${first.bytes}`);
    } catch (error) {
      if (at >= first.bytes) return;
      if (++failures >= MAX_FAILURES) throw error;
    }
    await sleep(FIRST_PAUSE_MS * 2 ** failures);
    const rest = await ask(at);
    if (rest === undefined) throw new Error('the bytes are gone');
    download = rest;
  }
}

/**
 * The same bytes; at their end it says whether they were the right ones. @throws StorageError
 * `artifact_corrupt`
 */
export async function* verified(sha256: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = new BlobHash();
  for await (const chunk of chunks) {
    await hash.add(chunk);
    yield chunk;
  }
  checkHash(sha256, hash.end());
}

/** All of it in one piece, which does not come from Node's pool: views into the bytes want them aligned. */
export async function collect(bytes: number, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of chunks) {
    all.set(chunk.subarray(0, bytes - at), at);
    at += chunk.length;
  }
  return at < bytes ? all.subarray(0, at) : all;
}
