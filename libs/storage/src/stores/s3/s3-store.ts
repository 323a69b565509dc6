import type { S3 } from '@aws-sdk/client-s3';
import { BlobCache } from '../remote/blob-cache.js';
import { RemoteBlobs } from '../remote/remote-blobs.js';
import type { Store, SweepResult } from '../store.js';
import type { StoreSettings } from '../store-settings.js';
import { S3Blobs } from './s3-blobs.js';
import { S3Connection } from './s3-connection.js';
import { answerOf } from './s3-fault.js';
import type { S3Location } from './s3-location.js';
import { S3Records } from './s3-records.js';

/** A bucket of an S3 server, or a part of one, that any number of machines share. */
export class S3Store implements Store {
  readonly location: string;
  readonly blobs: RemoteBlobs;
  readonly records: S3Records;
  readonly #connection: S3Connection;
  #isKnown = false;

  constructor(at: S3Location, settings: StoreSettings) {
    this.location = `s3://${at.bucket}/${at.prefix}`;
    this.#connection = new S3Connection(at, settings.forcePathStyle);
    this.blobs = new RemoteBlobs(
      new S3Blobs(this.#connection),
      new BlobCache(settings.cache, this.location, settings.cacheBytes),
    );
    this.records = new S3Records(this.#connection);
  }

  /** @throws UnfitStoreError when the server ignores conditions */
  async check(): Promise<void> {
    await this.#connection.requireConditions();
    if (this.#isKnown) await this.#connection.writeSomething();
    this.#isKnown = true;
  }

  async tidy(before: number): Promise<SweepResult> {
    return this.#connection.run('remove what was not finished', async (s3) => {
      await this.#abortUploads(s3, before);
      return this.#removeProbes(s3, before);
    });
  }

  /** A server that cannot list unfinished uploads removes them by its own rule. */
  async #abortUploads(s3: S3, before: number): Promise<void> {
    const { bucket: Bucket, prefix: Prefix } = this.#connection.location;
    try {
      const { Uploads = [] } = await s3.listMultipartUploads({ Bucket, Prefix });
      for (const { Key, UploadId, Initiated } of Uploads)
        if ((Initiated?.getTime() ?? before) < before) await s3.abortMultipartUpload({ Bucket, Key, UploadId });
    } catch (error) {
      const { status } = answerOf(error);
      if (status !== 501 && status !== 403) throw error;
    }
  }

  async #removeProbes(s3: S3, before: number): Promise<SweepResult> {
    const { objects } = await this.#connection.list('list what was not finished', 'tmp/', {});
    const old = objects.filter(({ time }) => (time?.getTime() ?? before) < before);
    for (const { name } of old) await s3.deleteObject(this.#connection.at(`tmp/${name}`));
    return { removedFiles: old.length, removedBytes: old.reduce((sum, { bytes }) => sum + bytes, 0) };
  }
}
