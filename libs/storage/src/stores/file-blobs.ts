import { constants, type Stats } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { artifactPath, earlierArtifactPath } from './artifact-path.js';
import { checkHash, hashOf, receive } from './blob-hash.js';
import { ifExists, onDisk } from '../storage-error.js';
import { TemporaryFile } from './temporary-file.js';
import type { StoredBlob, Blobs, ByteRange, Page, PendingBlob } from './store.js';

/** Read at a time. */
const PIECE_BYTES = 1_048_576;
const SHA256 = /^[0-9a-f]{64}$/;

/** Bytes in `ROOT/ab/<sha256>`, written in `ROOT/tmp`. */
export class FileBlobs implements Blobs {
  constructor(private readonly root: string) {}

  async put(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    accept?: (pending: PendingBlob) => Promise<void>,
  ): Promise<Pick<StoredBlob, 'sha256' | 'bytes'>> {
    const file = await TemporaryFile.create(join(this.root, 'tmp'));
    try {
      const stored = await receive(source, (piece) => file.write(piece));
      await accept?.({
        ...stored,
        read: async () => (source instanceof Uint8Array ? source : file.read()),
        file: () => Promise.resolve(file.path),
      });
      await file.publish(artifactPath(this.root, stored.sha256));
      return stored;
    } finally {
      await file.discard();
    }
  }

  async get(sha256: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const handle = await this.openFile(sha256);
    if (handle === undefined) return undefined;
    try {
      const bytes = await onDisk('read an artifact', () => readRange(handle, range));
      if (range === undefined) checkHash(sha256, await hashOf(bytes));
      return bytes;
    } finally {
      await handle.close();
    }
  }

  async open(sha256: string, range?: ByteRange): ReturnType<Blobs['open']> {
    const handle = await this.openFile(sha256);
    if (handle === undefined) return undefined;
    try {
      const { size } = await onDisk('read an artifact', () => handle.stat());
      const { start, end } = within(size, range);
      if (start === end) await handle.close();
      if (start === end) return { bytes: 0, stream: Readable.from([]) };
      return { bytes: end - start, stream: handle.createReadStream({ start, end: end - 1 }) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async stat(sha256: string): Promise<StoredBlob | undefined> {
    return this.existing(sha256, async (path) => blobOf(sha256, await stat(path)));
  }

  async touch(sha256: string): Promise<StoredBlob | undefined> {
    return this.existing(sha256, async (path) => {
      const now = new Date();
      await utimes(path, now, now);
      return blobOf(sha256, await stat(path));
    });
  }

  async remove(sha256: string, notSince?: number): Promise<boolean> {
    const removed = this.paths(sha256).map((path) =>
      ifExists('remove an artifact', async () => {
        if (notSince !== undefined) return this.retire(path, sha256, notSince);
        await rm(path);
        return true;
      }),
    );
    return (await Promise.all(removed)).includes(true);
  }

  /** A page is one of the 256 directories, with what earlier releases put a directory deeper. */
  async list(after = ''): Promise<Page<StoredBlob>> {
    const directories = (await namesIn(this.root)).filter((name) => /^[0-9a-f]{2}$/.test(name) && name > after);
    for (const name of directories.sort()) {
      const items = await this.blobsIn(join(this.root, name));
      if (items.length > 0) return name === directories.at(-1) ? { items } : { items, next: name };
    }
    return { items: [] };
  }

  /** Brings back what an interrupted removal left in the trash: whoever removes looks at its age again. */
  async restore(): Promise<void> {
    const names = await namesIn(join(this.root, 'trash'));
    for (const name of names.filter((each) => SHA256.test(each))) await this.putBack(name);
  }

  /**
   * Removes old bytes by way of the trash, where they are looked at again: if somebody stored or touched the
   * same bytes in between, their new age shows and they go back. Several at once do no harm.
   */
  private async retire(path: string, sha256: string, notSince: number): Promise<boolean> {
    if (await isYounger(path, notSince)) return false;
    const trash = join(this.root, 'trash');
    await mkdir(trash, { recursive: true });
    await rename(path, join(trash, sha256));
    const removed = await ifExists('remove an artifact', async () => {
      if (await isYounger(join(trash, sha256), notSince)) return false;
      await rm(join(trash, sha256));
      return true;
    });
    if (removed === false) await this.putBack(sha256);
    return removed === true;
  }

  private async putBack(sha256: string): Promise<void> {
    await ifExists('restore an artifact', () =>
      rename(join(this.root, 'trash', sha256), artifactPath(this.root, sha256)),
    );
  }

  private async blobsIn(directory: string): Promise<StoredBlob[]> {
    const blobs: StoredBlob[] = [];
    for (const name of await namesIn(directory)) {
      const path = join(directory, name);
      if (/^[0-9a-f]{2}$/.test(name)) blobs.push(...(await this.blobsIn(path)));
      const info = SHA256.test(name) ? await ifExists('list the artifacts', () => stat(path)) : undefined;
      if (info) blobs.push(blobOf(name, info));
    }
    return blobs;
  }

  private openFile(sha256: string): Promise<FileHandle | undefined> {
    return this.existing(sha256, (path) => open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  }

  private async existing<Found extends object>(
    sha256: string,
    use: (path: string) => Promise<Found>,
  ): Promise<Found | undefined> {
    for (const path of this.paths(sha256)) {
      const found = await ifExists('read an artifact', () => use(path));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private paths(sha256: string): readonly string[] {
    return [artifactPath(this.root, sha256), earlierArtifactPath(this.root, sha256)];
  }
}

async function readRange(handle: FileHandle, range?: ByteRange): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const { start, end } = within(size, range);
  // Not from Node's pool of small buffers: views into the bytes want them aligned.
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE_BYTES, bytes.length - at), start + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

function within(size: number, range: ByteRange = { start: 0, end: size }): ByteRange {
  const start = Math.min(range.start, size);
  return { start, end: Math.max(Math.min(range.end, size), start) };
}

function blobOf(sha256: string, { size, mtimeMs }: Stats): StoredBlob {
  return { sha256, bytes: size, storedAt: mtimeMs };
}

async function isYounger(path: string, time: number): Promise<boolean> {
  return (await stat(path)).mtimeMs >= time;
}

async function namesIn(directory: string): Promise<string[]> {
  return (await ifExists('list the artifacts', () => readdir(directory))) ?? [];
}
