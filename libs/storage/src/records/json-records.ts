import type { z } from 'zod';
import { StorageError } from '../storage-error.js';
import { allPages, type Records, type WriteCondition } from '../stores/store.js';

/** Called with a record among many that cannot be read and is left out. */
export type OnUnreadableRecord = (what: string, cause?: unknown) => void;

/** What a record holds at one moment. */
interface Look<Value> {
  readonly value: Value | 'damaged' | undefined;
  /** Of a write that must not overwrite anything else. */
  readonly condition: WriteCondition;
}

/** Records that are JSON of a known shape. */
export class JsonRecords {
  constructor(
    private readonly records: Records,
    private readonly onUnreadable: OnUnreadableRecord = () => undefined,
  ) {}

  /**
   * What the record holds, or undefined when there is none. @throws StorageError `artifact_corrupt`, or a
   * fault of the store
   */
  async read<Value>(key: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
    const found = await this.records.read(key);
    if (found === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(found.text));
    } catch (cause) {
      throw new StorageError('artifact_corrupt', 'a record is damaged', { cause });
    }
  }

  /**
   * Like read, but `damaged`, which is reported, in place of the error, so that one record does not hide
   * many.
   * @throws StorageError of the store
   */
  async readAmongMany<Value>(key: string, schema: z.ZodType<Value>): Promise<Value | 'damaged' | undefined> {
    try {
      return await this.read(key, schema);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'artifact_corrupt') throw error;
      this.onUnreadable(key.split('/').slice(-2).join('/'), error.cause);
      return 'damaged';
    }
  }

  /** Names right below a folder, those of folders with a `/`. @throws StorageError */
  async names(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const name of allPages((after) => this.records.list(folder, after))) names.push(name);
    return names;
  }

  /** Changes with the records right below a folder; undefined: unknown. @throws StorageError */
  revision(folder: string): Promise<string | undefined> {
    return this.records.revision(folder);
  }

  /** Whether there was anything to remove. @throws StorageError */
  remove(key: string): Promise<boolean> {
    return this.records.remove(key);
  }

  /** Every SHA-256 in a record, also in a damaged one. @throws StorageError of the store */
  async hashesIn(key: string): Promise<string[]> {
    return sha256sIn((await this.records.read(key))?.text ?? '');
  }

  /**
   * What a record owns, as far as a damaged one still says it.
   * @throws StorageError `artifact_corrupt` when it names nothing: then nobody knows which bytes may go
   */
  async ownedBy(key: string): Promise<string[]> {
    const found = await this.records.read(key);
    const hashes = sha256sIn(found?.text ?? '');
    if (found !== undefined && hashes.length === 0)
      throw new StorageError('artifact_corrupt', `the record ${key} no longer says which bytes are its own`);
    return hashes;
  }

  /** Writes the record, over whatever has its key. @throws StorageError */
  async replace(key: string, value: object): Promise<void> {
    await this.records.write(key, textOf(value));
  }

  /** Writes the record; false, and nothing happens, when the key is taken. @throws StorageError */
  create(key: string, value: object): Promise<boolean> {
    return this.replaceIf(key, value, 'absent');
  }

  /** What a record holds, and what says that it is still this one. @throws StorageError of the store */
  async look<Value>(key: string, schema: z.ZodType<Value>): Promise<Look<Value>> {
    const found = await this.records.read(key);
    if (found === undefined) return { value: undefined, condition: 'absent' };
    const parsed = schema.safeParse(parseJson(found.text));
    return { value: parsed.success ? parsed.data : 'damaged', condition: { version: found.version } };
  }

  /** Writes the record; false, and nothing happens, when the condition does not hold. @throws StorageError */
  async replaceIf(key: string, value: object, condition: WriteCondition): Promise<boolean> {
    return (await this.records.write(key, textOf(value), condition)) !== undefined;
  }
}

/** Every SHA-256 in a text. */
export function sha256sIn(text: string): string[] {
  return text.match(/\b[0-9a-f]{64}\b/g) ?? [];
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: object): string {
  return JSON.stringify(value, null, 2);
}
