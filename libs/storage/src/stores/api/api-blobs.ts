import { z } from 'zod';
import type { StorageError } from '../../storage-error.js';
import type { BlobService, Download } from '../remote/blob-service.js';
import type { PendingBytes } from '../remote/pending-bytes.js';
import type { Page, StoredBlob } from '../store.js';
import { apiFault, type ApiConnection } from './api-connection.js';
import { pageOf, Removed } from './api-answers.js';

const READ = 'read an artifact';
const Blob = z.object({ sha256: z.string(), bytes: z.int().min(0), storedAt: z.number() });
const Found = z.object({ blob: Blob.nullable() });

/** Blobs of the store behind an API. */
export class ApiBlobs implements BlobService {
  constructor(private readonly connection: ApiConnection) {}

  /** The hash is part of the address: sent again after a lost answer, the same is stored. */
  async upload(content: PendingBytes): Promise<void> {
    const body = { bytes: content.bytes, stream: () => content.stream() };
    const path = `blobs/${content.sha256}`;
    await this.connection.json('write an artifact', { method: 'PUT', path, body }, z.unknown());
  }

  async download(sha256: string, start?: number, end?: number): Promise<Download | undefined> {
    const asked = { method: 'GET', path: `blobs/${sha256}`, query: { start, end } } as const;
    const answer = await this.connection.bytes(READ, asked);
    return answer && { bytes: Number(answer.headers['content-length'] ?? 0), chunks: answer };
  }

  async stat(sha256: string): Promise<StoredBlob | undefined> {
    return this.describe({ method: 'GET', path: `blobs/${sha256}/age` });
  }

  async touch(sha256: string): Promise<StoredBlob | undefined> {
    return this.describe({ method: 'POST', path: `blobs/${sha256}/age` });
  }

  async remove(sha256: string, notSince?: number): Promise<boolean> {
    const asked = { method: 'DELETE', path: `blobs/${sha256}`, query: { notSince } } as const;
    return (await this.connection.json('remove an artifact', asked, Removed)).content.removed;
  }

  async list(after?: string): Promise<Page<StoredBlob>> {
    const asked = { method: 'GET', path: 'blobs', query: { after } } as const;
    return (await this.connection.json('list the artifacts', asked, pageOf(Blob))).content;
  }

  fault(action: string, cause: unknown): StorageError {
    return apiFault(action, cause);
  }

  private async describe(asked: { method: 'GET' | 'POST'; path: string }): Promise<StoredBlob | undefined> {
    return (await this.connection.json(READ, asked, Found)).content.blob ?? undefined;
  }
}
