import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoCode, onDisk } from '../storage-error.js';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * A file in `tmp/` that nobody reads. Written, then synced and given its real name in one atomic step, or
 * discarded: a crash leaves either nothing under the real name or all of it. All failures are StorageErrors.
 */
export class TemporaryFile {
  private isRenamed = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(directory: string): Promise<TemporaryFile> {
    const path = join(directory, randomUUID());
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    return onDisk('create a temporary file', async () => {
      const handle = await inDirectory(directory, () => open(path, flags, FILE_MODE));
      return new TemporaryFile(path, handle);
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    await onDisk('write a temporary file', () => this.handle.writeFile(bytes));
  }

  /** Everything written so far. */
  async read(): Promise<Uint8Array> {
    return onDisk('read a temporary file', () => readFile(this.path));
  }

  /** Makes everything written so far durable. */
  async sync(): Promise<void> {
    await onDisk('write a temporary file', () => this.handle.sync());
  }

  /** Gives the file its real name; whatever had that name is replaced. */
  async publish(path: string): Promise<void> {
    await onDisk('publish a file', async () => {
      await this.handle.sync();
      await inDirectory(dirname(path), () => rename(this.path, path));
      this.isRenamed = true;
      await syncDirectory(dirname(path));
    });
  }

  /** Gives the file its real name unless the name is taken; false when it is. */
  async publishExclusively(path: string): Promise<boolean> {
    return onDisk('publish a file', async () => {
      await this.handle.sync();
      try {
        await inDirectory(dirname(path), () => link(this.path, path));
      } catch (error) {
        if (errnoCode(error) === 'EEXIST') return false;
        throw error;
      }
      await syncDirectory(dirname(path));
      return true;
    });
  }

  /** Ends the life of the temporary name; what was published stays. */
  async discard(): Promise<void> {
    // A second failure must not hide the first; the sweep removes what stays behind.
    await this.handle.close().catch(() => undefined);
    if (!this.isRenamed) await rm(this.path, { force: true }).catch(() => undefined);
  }
}

/** What `use` does within a directory, which is made, and made durable, if it is not there. */
async function inDirectory<T>(directory: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (errnoCode(error) !== 'ENOENT') throw error;
  }
  const created = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  // A new directory is only as durable as its entry in the one above.
  if (created !== undefined)
    for (let at = directory; at.startsWith(created); at = dirname(at)) await syncDirectory(dirname(at));
  return use();
}

/** Makes the names within a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
