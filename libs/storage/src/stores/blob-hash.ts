import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { artifactId } from '../names.js';
import { StorageError } from '../storage-error.js';
import type { StoredBlob } from './store.js';

/** Hashed at a time, so that nothing holds the event loop for long. */
const PIECE_BYTES = 1_048_576;

/** The name of bytes while they arrive: their SHA-256 so far, and how many there are. */
export class BlobHash {
  bytes = 0;
  private readonly hash: Hash = createHash('sha256');

  /** Takes what comes next, in pieces that `each` is called with. */
  async add(chunk: Uint8Array, each?: (piece: Uint8Array) => Promise<void>): Promise<void> {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      if (at > 0) await nextTurn();
      this.hash.update(piece);
      await each?.(piece);
    }
    this.bytes += chunk.length;
  }

  /** The hash of all of it; nothing can be added after that. */
  end(): string {
    return this.hash.digest('hex');
  }
}

/** Hands on what a source gives, in pieces, and says what it was. */
export async function receive(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  each: (piece: Uint8Array) => Promise<void>,
): Promise<Pick<StoredBlob, 'sha256' | 'bytes'>> {
  const hash = new BlobHash();
  for await (const chunk of source instanceof Uint8Array ? [source] : source) await hash.add(chunk, each);
  return { sha256: hash.end(), bytes: hash.bytes };
}

/** The SHA-256 of bytes. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  const hash = new BlobHash();
  await hash.add(bytes);
  return hash.end();
}

/** @throws StorageError `artifact_corrupt` when the bytes that were read hash to something else */
export function checkHash(sha256: string, found: string): void {
  if (found !== sha256)
    throw new StorageError('artifact_corrupt', `artifact ${artifactId(sha256)} holds other bytes than were stored`);
}
