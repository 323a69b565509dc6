import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRecordFolder, checkRecordKey, isRecordName } from '../record-key.js';
import type { Page, Records, StoredRecord, WriteCondition } from '../store.js';
import type { ObjectPage, S3Connection } from './s3-connection.js';
import { answerOf, isAbsent, s3Fault } from './s3-fault.js';

/** So often a record is read, or written in the way of others, before it is a fault. */
const MAX_TRIES = 5;
const PAUSE_MS = 20;

/** Records in `PREFIX/<key>`; a version is the object's entity tag. */
export class S3Records implements Records {
  constructor(private readonly connection: S3Connection) {}

  /** The SDK repeats what gets no answer, but not an answer that breaks off. */
  async read(key: string): Promise<StoredRecord | undefined> {
    checkRecordKey(key);
    for (let tries = 1; ; tries++) {
      try {
        const client = await this.connection.client();
        const { Body, ETag = '' } = await client.getObject(this.connection.at(key));
        return { text: (await Body?.transformToString('utf8')) ?? '', version: ETag };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        if (answerOf(error).status !== undefined || tries === MAX_TRIES) throw s3Fault('read a record', error);
        await sleep(PAUSE_MS * tries);
      }
    }
  }

  async write(key: string, text: string, condition?: WriteCondition): Promise<string | undefined> {
    checkRecordKey(key);
    if (condition !== undefined) await this.connection.requireConditions();
    const object = { ...this.connection.at(key), Body: Buffer.from(text), ContentType: 'application/json' };
    for (let tries = 1; ; tries++) {
      try {
        const client = await this.connection.client();
        const { ETag } = await client.putObject({ ...object, ...headersOf(condition) });
        return ETag;
      } catch (error) {
        const { status, attempts } = answerOf(error);
        if (condition !== undefined && (status === 412 || isAbsent(error)))
          return attempts > 1 || tries > 1 ? this.versionOf(key, text) : undefined;
        // 409: somebody else writes at this moment, and one of us is to try again.
        if (status !== 409 || tries === MAX_TRIES) throw s3Fault('write a record', error);
        await sleep(PAUSE_MS * tries);
      }
    }
  }

  async remove(key: string): Promise<boolean> {
    checkRecordKey(key);
    const object = this.connection.at(key);
    try {
      const client = await this.connection.client();
      await client.headObject(object);
      await client.deleteObject(object);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw s3Fault('delete a record', error);
    }
  }

  async list(folder: string, after?: string): Promise<Page<string>> {
    const { objects, folders, next } = await this.page(folder, after);
    const items = [...objects.map(({ name }) => name), ...folders].filter(isRecordName);
    return next === undefined ? { items } : { items, next };
  }

  async revision(folder: string): Promise<string | undefined> {
    const hash = createHash('sha256');
    for (let after: string | undefined; ;) {
      const { objects, next } = await this.page(folder, after);
      for (const { name, etag } of objects) hash.update(`${name}\n${etag}\n`);
      if (next === undefined) return hash.digest('hex');
      after = next;
    }
  }

  private page(folder: string, after?: string): Promise<ObjectPage> {
    checkRecordFolder(folder);
    return this.connection.list('list the records', folder, { after, isFlat: true });
  }

  /**
   * Whether a write that was repeated has been done although it is refused now: then its answer was lost, and
   * the record holds its text.
   */
  private async versionOf(key: string, text: string): Promise<string | undefined> {
    const found = await this.read(key);
    return found?.text === text ? found.version : undefined;
  }
}

function headersOf(condition: WriteCondition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.version };
}
