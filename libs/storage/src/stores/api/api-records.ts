import { z } from 'zod';
import { checkRecordFolder, checkRecordKey } from '../record-key.js';
import type { Page, Records, StoredRecord, WriteCondition } from '../store.js';
import { pageOf, Removed } from './api-answers.js';
import type { ApiConnection } from './api-connection.js';

const Found = z.object({ record: z.object({ text: z.string(), version: z.string() }).nullable() });
const Written = z.object({ version: z.string().nullable() });
const Revision = z.object({ revision: z.string().nullable() });

/** Records of the store behind an API. */
export class ApiRecords implements Records {
  constructor(private readonly connection: ApiConnection) {}

  async read(key: string): Promise<StoredRecord | undefined> {
    checkRecordKey(key);
    const asked = { method: 'GET', path: 'records', query: { key } } as const;
    return (await this.connection.json('read a record', asked, Found)).content.record ?? undefined;
  }

  /** A write whose answer was lost, and that is refused when it is repeated, is done if the text is there. */
  async write(key: string, text: string, condition?: WriteCondition): Promise<string | undefined> {
    checkRecordKey(key);
    const asked = { method: 'PUT', path: 'records', query: { key }, json: { text, condition } } as const;
    const { content, attempts } = await this.connection.json('write a record', asked, Written);
    if (content.version !== null || attempts === 1) return content.version ?? undefined;
    const found = await this.read(key);
    return found?.text === text ? found.version : undefined;
  }

  async remove(key: string): Promise<boolean> {
    checkRecordKey(key);
    const asked = { method: 'DELETE', path: 'records', query: { key } } as const;
    return (await this.connection.json('delete a record', asked, Removed)).content.removed;
  }

  async list(folder: string, after?: string): Promise<Page<string>> {
    checkRecordFolder(folder);
    const asked = { method: 'GET', path: 'folders', query: { folder, after } } as const;
    return (await this.connection.json('list the records', asked, pageOf(z.string()))).content;
  }

  async revision(folder: string): Promise<string | undefined> {
    checkRecordFolder(folder);
    const asked = { method: 'GET', path: 'revisions', query: { folder } } as const;
    return (await this.connection.json('read a record', asked, Revision)).content.revision ?? undefined;
  }
}
