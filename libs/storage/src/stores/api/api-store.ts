import { z } from 'zod';
import { BlobCache } from '../remote/blob-cache.js';
import { RemoteBlobs } from '../remote/remote-blobs.js';
import type { Store, SweepResult } from '../store.js';
import type { StoreSettings } from '../store-settings.js';
import { ApiBlobs } from './api-blobs.js';
import { ApiConnection } from './api-connection.js';
import { ApiRecords } from './api-records.js';

/** The store behind an API: for a worker that reaches neither its disk nor its bucket. */
export class ApiStore implements Store {
  readonly location: string;
  readonly blobs: RemoteBlobs;
  readonly records: ApiRecords;
  readonly #connection: ApiConnection;

  constructor(base: URL, settings: StoreSettings) {
    this.location = base.href;
    this.#connection = new ApiConnection(base, settings.key);
    const cache = new BlobCache(settings.cache, this.location, settings.cacheBytes);
    this.blobs = new RemoteBlobs(new ApiBlobs(this.#connection), cache);
    this.records = new ApiRecords(this.#connection);
  }

  async check(): Promise<void> {
    const asked = { method: 'GET', path: '', isHasty: true } as const;
    await this.#connection.json('use the store of the API', asked, z.unknown());
  }

  /** The API tidies its store by itself. */
  async tidy(): Promise<SweepResult> {
    return Promise.resolve({ removedFiles: 0, removedBytes: 0 });
  }
}
