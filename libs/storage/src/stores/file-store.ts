import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ifExists, onDisk, StorageError } from '../storage-error.js';
import { TemporaryFile } from './temporary-file.js';
import { FileBlobs } from './file-blobs.js';
import { FileRecords } from './file-records.js';
import type { Store, SweepResult } from './store.js';

const MIN_FREE_RATIO = 0.1;
/** A tenth of a large disk is not scarce. */
const PLENTY_BYTES = 2 * 1_073_741_824;

/** A directory that any number of processes and machines share. */
export class FileStore implements Store {
  readonly blobs: FileBlobs;
  readonly records: FileRecords;
  private readonly temporary: string;

  /** @param location an absolute path */
  constructor(readonly location: string) {
    this.blobs = new FileBlobs(location);
    this.records = new FileRecords(location);
    this.temporary = join(location, 'tmp');
  }

  async check(): Promise<void> {
    const file = await TemporaryFile.create(this.temporary);
    try {
      await file.write(new Uint8Array(1));
    } finally {
      await file.discard();
    }
    const { bavail, blocks, bsize } = await onDisk('look at the disk', () => statfs(this.location));
    if (bavail < blocks * MIN_FREE_RATIO && bavail * bsize < PLENTY_BYTES)
      throw new StorageError('storage_full', `only ${Math.round((100 * bavail) / blocks)} % of the disk is free`);
  }

  async tidy(before: number): Promise<SweepResult> {
    let removedFiles = 0;
    let removedBytes = 0;
    const names = (await ifExists('list what was not finished', () => readdir(this.temporary))) ?? [];
    for (const name of names) {
      await ifExists('remove what was not finished', async () => {
        const path = join(this.temporary, name);
        const { size, mtimeMs } = await stat(path);
        if (mtimeMs >= before) return;
        await rm(path, { recursive: true });
        removedFiles++;
        removedBytes += size;
      });
    }
    await this.blobs.restore();
    return { removedFiles, removedBytes };
  }
}
