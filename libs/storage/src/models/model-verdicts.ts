import { join } from 'node:path';
import type { VerdictStore } from '#engine';
import { z } from 'zod';
import { RecordFiles } from '../records/record-files.js';

const Verdict = z.object({
  batchInvariant: z.boolean(),
  costs: z.array(z.object({ numRows: z.int().min(1), msPerStep: z.number().min(0) })),
});

/** What engines found out about models, in `ROOT/verdicts/`; whatever is removed there is found out again. */
export class ModelVerdicts implements VerdictStore {
  private readonly directory: string;
  private readonly files: RecordFiles;

  constructor(root: string) {
    this.directory = join(root, 'verdicts');
    this.files = new RecordFiles(join(root, 'tmp'));
  }

  /** @throws StorageError, also for a file that is damaged */
  read(key: string): ReturnType<VerdictStore['read']> {
    return this.files.read(this.path(key), Verdict);
  }

  /** @throws StorageError */
  write(key: string, verdict: Parameters<VerdictStore['write']>[1]): Promise<void> {
    return this.files.replace(this.path(key), verdict);
  }

  /** @param key 64 hexadecimal digits */
  private path(key: string): string {
    return join(this.directory, `${key}.json`);
  }
}
