import type { VerdictStore } from '#engine';
import { z } from 'zod';
import { JsonRecords } from '../records/json-records.js';
import type { Store } from '../stores/store.js';

const Verdict = z.object({
  batchInvariant: z.boolean(),
  costs: z.array(z.object({ numRows: z.int().min(1), msPerStep: z.number().min(0) })),
});

/**
 * What engines found out about models, in the records `verdicts/`; whatever is removed there is found out
 * again.
 */
export class ModelVerdicts implements VerdictStore {
  private readonly records: JsonRecords;

  constructor(store: Store) {
    this.records = new JsonRecords(store.records);
  }

  /** @throws StorageError, also for a record that is damaged */
  read(key: string): ReturnType<VerdictStore['read']> {
    return this.records.read(keyOf(key), Verdict);
  }

  /** @throws StorageError */
  write(key: string, verdict: Parameters<VerdictStore['write']>[1]): Promise<void> {
    return this.records.replace(keyOf(key), verdict);
  }
}

/** @param key 64 hexadecimal digits */
function keyOf(key: string): string {
  return `verdicts/${key}.json`;
}
