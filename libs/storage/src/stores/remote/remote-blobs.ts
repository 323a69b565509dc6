import { Readable } from 'node:stream';
import { DdimError } from '#ddim';
import { checkSha256 } from '../../names.js';
import type { Blobs, ByteRange, Page, PendingBlob, StoredBlob } from '../store.js';
import type { BlobService, Download } from './blob-service.js';
import { collect, resumed, verified } from './download.js';
import { PendingBytes } from './pending-bytes.js';

const READ = 'read an artifact';

/** Blobs on another machine. */
export class RemoteBlobs implements Blobs {
  /** @param spool a directory of this machine for bytes whose hash is not known yet */
  constructor(
    private readonly service: BlobService,
    private readonly spool: string,
  ) {}

  async put(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    accept?: (pending: PendingBlob) => Promise<void>,
  ): Promise<Pick<StoredBlob, 'sha256' | 'bytes'>> {
    const content = await PendingBytes.receive(source, this.spool);
    try {
      await accept?.(content);
      await this.service.upload(content);
      return { sha256: content.sha256, bytes: content.bytes };
    } finally {
      await content.discard();
    }
  }

  async get(sha256: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (range !== undefined) return this.getRange(sha256, range);
    const opened = await this.open(sha256);
    return opened && collect(opened.bytes, opened.stream);
  }

  async open(sha256: string): ReturnType<Blobs['open']> {
    checkSha256(sha256);
    const first = await this.service.download(sha256);
    if (first === undefined) return undefined;
    const chunks = this.chunks(first, (at) => this.service.download(sha256, at));
    return { bytes: first.bytes, stream: Readable.from(verified(sha256, chunks), { objectMode: false }) };
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
    return this.service.remove(sha256, notSince);
  }

  list(after?: string): Promise<Page<StoredBlob>> {
    return this.service.list(after);
  }

  private async getRange(sha256: string, { start, end }: ByteRange): Promise<Uint8Array | undefined> {
    const found = await this.stat(sha256);
    if (found === undefined || start >= Math.min(end, found.bytes)) return found && new Uint8Array(0);
    const first = await this.service.download(sha256, start, end);
    if (first === undefined) return undefined;
    return collect(
      first.bytes,
      this.chunks(first, (at) => this.service.download(sha256, start + at, end)),
    );
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
