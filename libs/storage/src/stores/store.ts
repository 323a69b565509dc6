import type { Readable } from 'node:stream';

/** Stored bytes, named by their own SHA-256. */
export interface StoredBlob {
  readonly sha256: string;
  readonly bytes: number;
  /** When they were stored or touched last, in ms since 1970 by the store's own clock. */
  readonly storedAt: number;
}

/** Bytes that are complete, and that nobody sees before they are accepted. */
export interface PendingBlob {
  readonly sha256: string;
  readonly bytes: number;
  read(): Promise<Uint8Array>;
  /** The path of a file of this machine that holds them until the put is over. */
  file(): Promise<string>;
}

/** Bytes from `start` until before `end`, as far as there are any. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Part of a list, and how to ask for what comes after it; without `next` there is no more. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

export interface SweepResult {
  readonly removedFiles: number;
  readonly removedBytes: number;
}

/**
 * Bytes by their hash. All methods throw StorageError when the store fails, and InputError `invalid_id` for
 * what is no hash.
 */
export interface Blobs {
  /**
   * Stores bytes durably under their SHA-256; bytes that exist are written anew, which renews their age.
   * Nothing is visible before all of it is: when the source or `accept` throws, nothing is stored.
   */
  put(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    accept?: (pending: PendingBlob) => Promise<void>,
  ): Promise<Pick<StoredBlob, 'sha256' | 'bytes'>>;
  /**
   * All bytes, verified, or a range of them, which nobody can verify; undefined: there are none.
   * @throws StorageError `artifact_corrupt`
   */
  get(sha256: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  /**
   * All bytes, or a range of them, as a stream, which the caller reads or destroys; a store on another
   * machine verifies them all.
   */
  open(sha256: string, range?: ByteRange): Promise<{ readonly bytes: number; readonly stream: Readable } | undefined>;
  stat(sha256: string): Promise<StoredBlob | undefined>;
  /** Renews the age. */
  touch(sha256: string): Promise<StoredBlob | undefined>;
  /** Takes bytes away; with a time only those that were not stored or touched since. Whether it took any. */
  remove(sha256: string, notSince?: number): Promise<boolean>;
  /** What is stored, in pages of the store's choice. */
  list(after?: string): Promise<Page<StoredBlob>>;
}

/** A small JSON text, and a token that differs from that of another text under the same key. */
export interface StoredRecord {
  readonly text: string;
  readonly version: string;
}

/** What must hold of a key for a write: that it holds nothing, or still this version. */
export type WriteCondition = 'absent' | { readonly version: string };

/**
 * Small JSON texts by key, such as `models/pens/version-1.json`; each appears complete or not at all. All
 * methods throw StorageError when the store fails, and InputError `invalid_id` for what is no key.
 */
export interface Records {
  read(key: string): Promise<StoredRecord | undefined>;
  /**
   * Writes a text over whatever has its key; with a condition only if that holds: of several who write at
   * once on the same condition, one does. A write without a condition, and a removal, come before or after
   * each of those, never in between.
   * @returns the new version; undefined: the condition did not hold
   */
  write(key: string, text: string, condition?: WriteCondition): Promise<string | undefined>;
  /** Whether there was anything to remove. */
  remove(key: string): Promise<boolean>;
  /**
   * Names right below a folder, such as `models/`: of records, and of folders, which end in `/`. Whatever
   * else lies there is left out.
   */
  list(folder: string, after?: string): Promise<Page<string>>;
  /**
   * Changes with every record right below a folder that comes, changes or goes; undefined: unknown, so look.
   */
  revision(folder: string): Promise<string | undefined>;
}

/** Where artifacts, models and datasets lie: bytes and records that several processes and machines share. */
export interface Store {
  /** For people. */
  readonly location: string;
  readonly blobs: Blobs;
  readonly records: Records;
  /**
   * Tries to write. @throws StorageError `artifact_store_error`, or `storage_full` when little space is left
   */
  check(): Promise<void>;
  /**
   * Removes what writers left that broke off before a time, in ms since 1970, and ends what interrupted
   * removals began.
   */
  tidy(before: number): Promise<SweepResult>;
}

/** All items of a list that comes in pages. */
export async function* allPages<Item>(page: (after?: string) => Promise<Page<Item>>): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const { items, next } = await page(after);
    yield* items;
    after = next;
  } while (after !== undefined);
}
