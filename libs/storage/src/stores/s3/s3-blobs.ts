import type { StorageError } from '../../storage-error.js';
import type { BlobService, Download } from '../remote/blob-service.js';
import type { PendingBytes } from '../remote/pending-bytes.js';
import type { Page, StoredBlob } from '../store.js';
import type { S3Connection } from './s3-connection.js';
import { isAbsent, s3Fault } from './s3-fault.js';

/** More than one of these is sent in several requests, each of which can be sent again. */
const PART_BYTES = 8 * 1_048_576;
/** Parts that are under way, and in memory, at once. */
const NUM_PARTS_AT_ONCE = 4;
/** So young, bytes need not be made younger: whoever sweeps waits for a day. */
const YOUNG_MS = 3_600_000;
const BLOB = /^[0-9a-f]{2}\/(?<sha256>[0-9a-f]{64})$/;

/** Bytes in `PREFIX/ab/<sha256>`, as in a directory: one can be copied into the other by any tool. */
export class S3Blobs implements BlobService {
  constructor(private readonly connection: S3Connection) {}

  /** Several parts become one object in the last request; parts of an upload that fails are taken back. */
  async upload(content: PendingBytes): Promise<void> {
    const object = this.at(content.sha256);
    await this.connection.run('write an artifact', async (client) => {
      if (content.bytes <= PART_BYTES) {
        await client.putObject({ ...object, Body: bufferOf(await content.read()) });
        return;
      }
      const { Upload } = await import('@aws-sdk/lib-storage');
      const params = { ...object, Body: content.stream() };
      await new Upload({ client, params, partSize: PART_BYTES, queueSize: NUM_PARTS_AT_ONCE }).done();
    });
  }

  async download(sha256: string, start?: number, end?: number): Promise<Download | undefined> {
    const Range = start === undefined ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`;
    return this.existing('read an artifact', async () => {
      const client = await this.connection.client();
      const { Body, ContentLength = 0 } = await client.getObject({ ...this.at(sha256), Range });
      return { bytes: ContentLength, chunks: chunksOf(Body) };
    });
  }

  async stat(sha256: string): Promise<StoredBlob | undefined> {
    return this.existing('read an artifact', async () => {
      const client = await this.connection.client();
      const { ContentLength = 0, LastModified } = await client.headObject(this.at(sha256));
      return { sha256, bytes: ContentLength, storedAt: timeOf(LastModified) };
    });
  }

  async touch(sha256: string): Promise<StoredBlob | undefined> {
    const found = await this.stat(sha256);
    if (found === undefined || Date.now() - found.storedAt < YOUNG_MS) return found;
    const object = this.at(sha256);
    const copied = await this.existing('renew an artifact', async () => {
      const client = await this.connection.client();
      const CopySource = `${object.Bucket}/${object.Key}`;
      return client.copyObject({ ...object, CopySource, MetadataDirective: 'REPLACE' });
    });
    return copied && this.stat(sha256);
  }

  async remove(sha256: string, notSince?: number): Promise<boolean> {
    const found = await this.stat(sha256);
    if (found === undefined || (notSince !== undefined && found.storedAt >= notSince)) return false;
    await this.connection.run('remove an artifact', (s3) => s3.deleteObject(this.at(sha256)));
    return true;
  }

  async list(after?: string): Promise<Page<StoredBlob>> {
    const { objects, next } = await this.connection.list('list the artifacts', '', { after });
    const items = objects.flatMap(({ name, bytes, time }) => {
      const { sha256 } = BLOB.exec(name)?.groups ?? {};
      return sha256 === undefined ? [] : [{ sha256, bytes, storedAt: timeOf(time) }];
    });
    return next === undefined ? { items } : { items, next };
  }

  fault(action: string, cause: unknown): StorageError {
    return s3Fault(action, cause);
  }

  private at(sha256: string): ReturnType<S3Connection['at']> {
    return this.connection.at(`${sha256.slice(0, 2)}/${sha256}`);
  }

  private async existing<Found>(action: string, read: () => Promise<Found>): Promise<Found | undefined> {
    try {
      return await read();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw s3Fault(action, error);
    }
  }
}

/** Servers list milliseconds where they answer in seconds. */
function timeOf(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? 0) / 1_000) * 1_000;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function* chunksOf(body: unknown): AsyncGenerator<Uint8Array> {
  if (!isIterable(body)) return;
  for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk;
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
