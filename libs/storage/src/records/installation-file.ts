import { z } from 'zod';
import { JsonRecords } from './json-records.js';
import type { Store } from '../stores/store.js';

const KEY = 'installation.json';
const Installation = z.object({ id: z.string().min(1), createdAt: z.string() });

/**
 * Which installation a store belongs to: the record `installation.json`, written once by whoever is first.
 */
export class InstallationFile {
  private readonly records: JsonRecords;

  constructor(private readonly store: Store) {
    this.records = new JsonRecords(store.records);
  }

  /** Where the store is, for people. */
  get location(): string {
    return this.store.location;
  }

  /** The id, or undefined when the store has none. @throws StorageError */
  async read(): Promise<string | undefined> {
    return (await this.records.read(KEY, Installation))?.id;
  }

  /** The id that holds from now on: this one, unless somebody was quicker. @throws StorageError */
  async claim(id: string): Promise<string> {
    await this.records.create(KEY, { id, createdAt: new Date().toISOString() });
    return (await this.read()) ?? id;
  }
}
