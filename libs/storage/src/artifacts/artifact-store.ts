import type { Readable } from 'node:stream';

/** Stored bytes, named by their own SHA-256: whoever knows the name can check the bytes. */
export interface Artifact {
  /** `art_<sha256>`. */
  readonly id: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface PutOptions {
  /** More bytes than this: InputError `payload_too_large`. */
  readonly maxBytes?: number;
  /** What the sender says the bytes hash to; else: InputError `digest_mismatch`. */
  readonly sha256?: string;
  /** Looks at the complete bytes before anybody else can; when it throws, nothing is stored. */
  readonly inspect?: (bytes: Uint8Array) => void | Promise<void>;
  /** The same for bytes that need not fit into memory: looks at the complete file. */
  readonly inspectFile?: (path: string) => Promise<void>;
}

export interface SweepResult {
  readonly removedFiles: number;
  readonly removedBytes: number;
}

/** Content-addressed bytes that several processes share. */
export interface ArtifactStore {
  /**
   * Stores bytes durably; nothing is visible before all of it is. Bytes that exist are written anew, which
   * renews their age.
   * @throws InputError `payload_too_large`, `digest_mismatch`, or what `inspect` or the source throws;
   * StorageError
   */
  put(source: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<Artifact>;
  /**
   * The bytes, verified. @throws InputError `artifact_not_found`; StorageError `artifact_corrupt` or a disk
   * fault
   */
  get(sha256: string): Promise<Uint8Array>;
  /** @throws InputError `artifact_not_found`; StorageError */
  stat(sha256: string): Promise<Artifact>;
  /**
   * The bytes as a stream for downloads, not verified. @throws InputError `artifact_not_found`; StorageError
   */
  open(sha256: string): Promise<Artifact & { readonly stream: Readable }>;
  /** Renews the age of bytes that a new job names. @throws InputError `artifact_not_found`; StorageError */
  touch(sha256: string): Promise<Artifact>;
  /** Takes bytes away that nobody else can own. @throws InputError `invalid_id`; StorageError */
  remove(sha256: string): Promise<void>;
  /**
   * Removes what has no owner and is older. `now` in milliseconds since 1970; `owners` are SHA-256s that
   * stay.
   */
  sweep(now: number, owners: ReadonlySet<string>, orphanAgeMs: number): Promise<SweepResult>;
  /**
   * Writes and removes a file. @throws StorageError `artifact_store_error`, or `storage_full` when little
   * space is left
   */
  check(): Promise<void>;
}
