import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, stat, statfs, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '#ddim';
import type { Artifact, ArtifactStore, PutOptions, SweepResult } from './artifact-store.js';
import { ArtifactSweep } from './artifact-sweep.js';
import { artifactPath, earlierArtifactPath } from './artifact-path.js';
import { artifactId } from '../names.js';
import { ifExists, onDisk, StorageError } from '../storage-error.js';
import { TemporaryFile } from './temporary-file.js';

/** Hashed and written at a time, so that nothing holds the event loop for long. */
const PIECE_BYTES = 1_048_576;
const MIN_FREE_RATIO = 0.1;
/** A tenth of a large disk is not scarce. */
const PLENTY_BYTES = 2 * 1_073_741_824;

/**
 * Artifacts in `ROOT/ab/<sha256>`, written in `ROOT/tmp`; any number of processes and machines share one
 * root.
 */
export class FileArtifactStore implements ArtifactStore {
  private readonly temporary: string;

  constructor(private readonly root: string) {
    this.temporary = join(root, 'tmp');
  }

  async put(source: Uint8Array | AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<Artifact> {
    const file = await TemporaryFile.create(this.temporary);
    try {
      const { sha256, bytes } = await receive(file, source, options.maxBytes);
      if (options.sha256 !== undefined && options.sha256 !== sha256)
        throw new InputError('digest_mismatch', `the bytes must hash to ${options.sha256}, got ${sha256}`);
      if (options.inspect) await options.inspect(source instanceof Uint8Array ? source : await file.read());
      await options.inspectFile?.(file.path);
      await file.publish(artifactPath(this.root, sha256));
      return { id: artifactId(sha256), sha256, bytes };
    } finally {
      await file.discard();
    }
  }

  async get(sha256: string): Promise<Uint8Array> {
    const handle = await this.openFile(sha256);
    try {
      const { bytes, hash } = await onDisk('read an artifact', () => readAll(handle));
      if (hash === sha256) return bytes;
      throw new StorageError('artifact_corrupt', `artifact ${artifactId(sha256)} holds other bytes than were stored`);
    } finally {
      await handle.close();
    }
  }

  async stat(sha256: string): Promise<Artifact> {
    const { size } = await this.existing(sha256, (path) => stat(path));
    return { id: artifactId(sha256), sha256, bytes: size };
  }

  async open(sha256: string): ReturnType<ArtifactStore['open']> {
    const handle = await this.openFile(sha256);
    const { size } = await handle.stat();
    return { id: artifactId(sha256), sha256, bytes: size, stream: handle.createReadStream() };
  }

  async touch(sha256: string): Promise<Artifact> {
    await this.existing(sha256, async (path) => {
      const now = new Date();
      await utimes(path, now, now);
      return true;
    });
    return this.stat(sha256);
  }

  async remove(sha256: string): Promise<void> {
    for (const path of [artifactPath(this.root, sha256), earlierArtifactPath(this.root, sha256)])
      await ifExists('remove an artifact', () => rm(path));
  }

  async sweep(now: number, owners: ReadonlySet<string>, orphanAgeMs: number): Promise<SweepResult> {
    return new ArtifactSweep(this.root, { now, owners, orphanAgeMs }).run();
  }

  async check(): Promise<void> {
    const file = await TemporaryFile.create(this.temporary);
    try {
      await file.write(new Uint8Array(1));
    } finally {
      await file.discard();
    }
    const { bavail, blocks, bsize } = await onDisk('look at the disk', () => statfs(this.root));
    if (bavail < blocks * MIN_FREE_RATIO && bavail * bsize < PLENTY_BYTES)
      throw new StorageError('storage_full', `only ${Math.round((100 * bavail) / blocks)} % of the disk is free`);
  }

  private async openFile(sha256: string): Promise<FileHandle> {
    return this.existing(sha256, (path) => open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  }

  private async existing<T extends object | true>(sha256: string, use: (path: string) => Promise<T>): Promise<T> {
    for (const path of [artifactPath(this.root, sha256), earlierArtifactPath(this.root, sha256)]) {
      const found = await ifExists('read an artifact', () => use(path));
      if (found !== undefined) return found;
    }
    throw new InputError('artifact_not_found', `there is no artifact ${artifactId(sha256)}`, { field: 'artifact' });
  }
}

async function receive(
  file: TemporaryFile,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  maxBytes = Infinity,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new InputError('payload_too_large', `at most ${maxBytes} bytes are accepted, got at least ${bytes}`);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      hash.update(piece);
      await file.write(piece);
    }
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function readAll(handle: FileHandle): Promise<{ bytes: Uint8Array; hash: string }> {
  const { size } = await handle.stat();
  // Not from Node's pool of small buffers: views into the bytes want them aligned.
  const bytes = new Uint8Array(size);
  const hash = createHash('sha256');
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE_BYTES, size - at));
    if (bytesRead === 0) break;
    hash.update(bytes.subarray(at, at + bytesRead));
    at += bytesRead;
  }
  return { bytes, hash: hash.digest('hex') };
}
