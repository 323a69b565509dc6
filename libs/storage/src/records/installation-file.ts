import { join } from 'node:path';
import { z } from 'zod';
import { RecordFiles } from './record-files.js';

const Installation = z.object({ id: z.string().min(1), createdAt: z.string() });

/**
 * Which installation an artifact root belongs to: `ROOT/installation.json`, written once by whoever is first.
 */
export class InstallationFile {
  private readonly path: string;
  private readonly files: RecordFiles;

  constructor(readonly root: string) {
    this.path = join(root, 'installation.json');
    this.files = new RecordFiles(join(root, 'tmp'));
  }

  /** The id, or undefined when the root has none. @throws StorageError */
  async read(): Promise<string | undefined> {
    return (await this.files.read(this.path, Installation))?.id;
  }

  /** The id that holds from now on: this one, unless somebody was quicker. @throws StorageError */
  async claim(id: string): Promise<string> {
    await this.files.create(this.path, { id, createdAt: new Date().toISOString() });
    return (await this.read()) ?? id;
  }
}
