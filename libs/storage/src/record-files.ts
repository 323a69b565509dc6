import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { z } from 'zod';
import { ifExists, StorageError } from './storage-error.js';
import { TemporaryFile } from './temporary-file.js';

/** Small JSON files that appear complete or not at all; `temporary` is a directory on the same file system. */
export class RecordFiles {
  constructor(private readonly temporary: string) {}

  /** What the file holds, or undefined when there is none. @throws StorageError `artifact_corrupt`, or a disk fault */
  async read<Record>(path: string, schema: z.ZodType<Record>): Promise<Record | undefined> {
    const text = await ifExists('read a record', () => readText(path));
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new StorageError('artifact_corrupt', 'a record is damaged', { cause });
    }
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

async function readText(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
