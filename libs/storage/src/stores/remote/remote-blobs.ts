import { Readable } from 'node:stream';
import { DdimError } from '#ddim';
import { checkSha256 } from '../../names.js';
import type { Blobs, ByteRange, Page, PendingBlob, StoredBlob } from '../store.js';
import type { BlobCache } from './blob-cache.js';
import type { BlobService, Download } from './blob-service.js';
import { collect, resumed, verified } from './download.js';
import { PendingBytes } from './pending-bytes.js';

const READ = 'read an artifact';

/** Blobs on another machine. What is read whole stays on this one for the next who wants it. */
export class RemoteBlobs implements Blobs {
  constructor(
    private readonly service: BlobService,
    private readonly cache: BlobCache,
  ) {}

  async put(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    accept?: (pending: PendingBlob) => Promise<void>,
  ): Promise<Pick<StoredBlob, 'sha256' | 'bytes'>> {
    const content = await PendingBytes.receive(source, this.cache.temporary);
    try {
      await accept?.(content);
      await this.service.upload(content);
      return { sha256: content.sha256, bytes: content.bytes };
    } finally {
      await content.discard();
    }
  }

  async get(sha256: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (range !== undefined) {
      const opened = await this.openRange(sha256, range);
      return opened && collect(opened.bytes, opened.stream);
    }
    checkSha256(sha256);
    return this.cache.readOrLoad(sha256, async () => {
      const opened = await this.openRemote(sha256);
      return opened && collect(opened.bytes, verified(sha256, opened.chunks));
    });
  }

  async open(sha256: string, range?: ByteRange): ReturnType<Blobs['open']> {
    checkSha256(sha256);
    if (range !== undefined) return this.openRange(sha256, range);
    const opened = (await this.cache.open(sha256)) ?? (await this.openRemote(sha256));
    if (opened === undefined) return undefined;
    const { bytes, chunks } = opened;
    return { bytes, stream: Readable.from(this.streamed(sha256, chunks), { objectMode: false }) };
  }

  async stat(sha256: string): Promise<StoredBlob | undefined> {
    checkSha256(sha256);
    return this.service.stat(sha256);
  }

  async touch(sha256: string): Promise<StoredBlob | undefined> {
    checkSha256(sha256);
    return this.service.touch(sha256);
  }

  async remove(sha256: string, notSince?: number): Promise<boolean> {
    checkSha256(sha256);
    const isRemoved = await this.service.remove(sha256, notSince);
    if (isRemoved) await this.cache.drop(sha256);
    return isRemoved;
  }

  list(after?: string): Promise<Page<StoredBlob>> {
    return this.service.list(after);
  }

  private async openRemote(sha256: string): Promise<Download | undefined> {
    const first = await this.service.download(sha256);
    return first && { ...first, chunks: this.chunks(first, (at) => this.service.download(sha256, at)) };
  }

  /** Whatever breaks it off, the next one does not come from the cache. */
  private async *streamed(sha256: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* verified(sha256, chunks);
    } catch (error) {
      await this.cache.drop(sha256);
      throw error instanceof DdimError ? error : this.service.fault(READ, error);
    }
  }

  private async openRange(sha256: string, { start, end }: ByteRange): ReturnType<Blobs['open']> {
    const found = await this.stat(sha256);
    if (found === undefined) return undefined;
    const until = Math.min(end, found.bytes);
    if (start >= until) return { bytes: 0, stream: Readable.from([]) };
    const first = await this.service.download(sha256, start, until);
    if (first === undefined) return undefined;
    const chunks = this.chunks(first, (at) => this.service.download(sha256, start + at, until));
    return { bytes: first.bytes, stream: Readable.from(chunks, { objectMode: false }) };
  }

  private async *chunks(
    first: Download,
    ask: (at: number) => Promise<Download | undefined>,
  ): AsyncGenerator<Uint8Array> {
    try {
      yield* resumed(first, ask);
    } catch (error) {
      throw error instanceof DdimError ? error : this.service.fault(READ, error);
    }
  }
}
