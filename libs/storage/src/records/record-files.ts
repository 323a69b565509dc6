import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { z } from 'zod';
import { ifExists, StorageError } from '../storage-error.js';
import { TemporaryFile } from '../artifacts/temporary-file.js';

/** Told of a record among many that cannot be read and is left out. */
export type OnUnreadable = (what: string, cause?: unknown) => void;

/**
 * Small JSON files that appear complete or not at all; `temporary` is a directory on the same file system.
 */
export class RecordFiles {
  constructor(
    private readonly temporary: string,
    private readonly onUnreadable: OnUnreadable = () => undefined,
  ) {}

  /**
   * What the file holds, or undefined when there is none. @throws StorageError `artifact_corrupt`, or a disk
   * fault
   */
  async read<Record>(path: string, schema: z.ZodType<Record>): Promise<Record | undefined> {
    const text = await ifExists('read a record', () => readText(path));
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new StorageError('artifact_corrupt', 'a record is damaged', { cause });
    }
  }

  /**
   * Like read, but `damaged`, which is told, in place of the error, so that one record does not hide many.
   * @throws StorageError of the disk
   */
  async readAmongMany<Record>(path: string, schema: z.ZodType<Record>): Promise<Record | 'damaged' | undefined> {
    try {
      return await this.read(path, schema);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'artifact_corrupt') throw error;
      this.onUnreadable(`${basename(dirname(path))}/${basename(path)}`, error.cause);
      return 'damaged';
    }
  }

  /** Every SHA-256 in a record, also in a damaged one. @throws StorageError of the disk */
  async hashesIn(path: string): Promise<string[]> {
    return sha256sIn((await ifExists('read a record', () => readText(path))) ?? '');
  }

  /**
   * What a record owns, as far as a damaged one still says it.
   * @throws StorageError `artifact_corrupt` when it names nothing: then nobody knows which bytes may go
   */
  async ownedBy(path: string): Promise<string[]> {
    const text = await ifExists('read a record', () => readText(path));
    const hashes = sha256sIn(text ?? '');
    if (text !== undefined && hashes.length === 0)
      throw new StorageError('artifact_corrupt', `the record ${basename(path)} no longer says which bytes are its own`);
    return hashes;
  }

  /** Writes the file, over whatever has its name. @throws StorageError */
  async replace(path: string, record: object): Promise<void> {
    await this.write(record, (file) => file.publish(path));
  }

  /** Writes the file; false, and nothing happens, when the name is taken. @throws StorageError */
  async create(path: string, record: object): Promise<boolean> {
    return this.write(record, (file) => file.publishExclusively(path));
  }

  private async write<T>(record: object, publish: (file: TemporaryFile) => Promise<T>): Promise<T> {
    const file = await TemporaryFile.create(this.temporary);
    try {
      await file.write(Buffer.from(JSON.stringify(record, null, 2)));
      return await publish(file);
    } finally {
      await file.discard();
    }
  }
}

/** Every SHA-256 in a text. */
export function sha256sIn(text: string): string[] {
  return text.match(/\b[0-9a-f]{64}\b/g) ?? [];
}

async function readText(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
