import type { StorageError } from '../../storage-error.js';
import type { Blobs } from '../store.js';
import type { PendingBytes } from './pending-bytes.js';

/** Bytes that are on their way from another machine. */
export interface Download {
  /** How many will come. */
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What another machine does with blobs: as Blobs, for hashes that are some, and bytes that have one. */
export interface BlobService extends Pick<Blobs, 'stat' | 'touch' | 'remove' | 'list'> {
  /** Stores bytes under their hash; nothing is visible before all of it is. May be called again with them. */
  upload(content: PendingBytes): Promise<void>;
  /** Bytes from `start` on, which lies before the end of them all, or until before `end`. */
  download(sha256: string, start?: number, end?: number): Promise<Download | undefined>;
  /** What is wrong when a download breaks off. */
  fault(action: string, cause: unknown): StorageError;
}
