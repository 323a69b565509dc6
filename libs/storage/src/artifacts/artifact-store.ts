import type { Readable } from 'node:stream';
import { InputError } from '#ddim';
import { artifactId } from '../names.js';
import { allPages, type ByteRange, type Store, type StoredBlob, type SweepResult } from '../stores/store.js';

/** Stored bytes, named by their own SHA-256: whoever knows the name can check the bytes. */
interface Artifact {
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

const TEMPORARY_AGE_MS = 24 * 3_600_000;

/** Content-addressed bytes that several processes share. */
export class ArtifactStore {
  constructor(private readonly store: Store) {}

  /**
   * Stores bytes durably; nothing is visible before all of it is. Bytes that exist are written anew, which
   * renews their age.
   * @throws InputError `payload_too_large`, `digest_mismatch`, or what `inspect` or the source throws;
   * StorageError
   */
  async put(source: Uint8Array | AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<Artifact> {
    const stored = await this.store.blobs.put(
      options.maxBytes === undefined ? source : limited(source, options.maxBytes),
      async (pending) => {
        if (options.sha256 !== undefined && options.sha256 !== pending.sha256)
          throw new InputError('digest_mismatch', `the bytes must hash to ${options.sha256}, got ${pending.sha256}`);
        if (options.inspect) await options.inspect(await pending.read());
        if (options.inspectFile) await options.inspectFile(await pending.file());
      },
    );
    return artifactOf(stored);
  }

  /**
   * The bytes, verified, or a range of them, which nobody can verify.
   * @throws InputError `artifact_not_found`; StorageError `artifact_corrupt` or a fault of the store
   */
  async get(sha256: string, range?: ByteRange): Promise<Uint8Array> {
    return found(sha256, await this.store.blobs.get(sha256, range));
  }

  /** @throws InputError `artifact_not_found`; StorageError */
  async stat(sha256: string): Promise<Artifact> {
    return artifactOf(found(sha256, await this.store.blobs.stat(sha256)));
  }

  /**
   * The bytes as a stream for downloads, not verified. @throws InputError `artifact_not_found`; StorageError
   */
  async open(sha256: string): Promise<Artifact & { readonly stream: Readable }> {
    const { bytes, stream } = found(sha256, await this.store.blobs.open(sha256));
    return { ...artifactOf({ sha256, bytes }), stream };
  }

  /** Renews the age of bytes that a new job names. @throws InputError `artifact_not_found`; StorageError */
  async touch(sha256: string): Promise<Artifact> {
    return artifactOf(found(sha256, await this.store.blobs.touch(sha256)));
  }

  /** Takes bytes away that nobody else can own. @throws InputError `invalid_id`; StorageError */
  async remove(sha256: string): Promise<void> {
    await this.store.blobs.remove(sha256);
  }

  /**
   * Removes what has no owner and is older. `now` in milliseconds since 1970; `owners` are SHA-256s that
   * stay.
   */
  async sweep(now: number, owners: ReadonlySet<string>, orphanAgeMs: number): Promise<SweepResult> {
    let { removedFiles, removedBytes } = await this.store.tidy(now - TEMPORARY_AGE_MS);
    const oldest = now - orphanAgeMs;
    for await (const { sha256, bytes, storedAt } of allPages((after) => this.store.blobs.list(after))) {
      if (owners.has(sha256) || storedAt >= oldest || !(await this.store.blobs.remove(sha256, oldest))) continue;
      removedFiles++;
      removedBytes += bytes;
    }
    return { removedFiles, removedBytes };
  }

  /**
   * Tries to write. @throws StorageError `artifact_store_error`, or `storage_full` when little space is left
   */
  check(): Promise<void> {
    return this.store.check();
  }
}

function artifactOf({ sha256, bytes }: Pick<StoredBlob, 'sha256' | 'bytes'>): Artifact {
  return { id: artifactId(sha256), sha256, bytes };
}

function found<Found>(sha256: string, value: Found | undefined): Found {
  if (value !== undefined) return value;
  throw noArtifact(sha256);
}

/** What whoever may not read an artifact hears, too. */
export function noArtifact(sha256: string): InputError {
  return new InputError('artifact_not_found', `there is no artifact ${artifactId(sha256)}`, { field: 'artifact' });
}

async function* limited(source: Uint8Array | AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new InputError('payload_too_large', `at most ${maxBytes} bytes are accepted, got at least ${bytes}`);
    yield chunk;
  }
}
