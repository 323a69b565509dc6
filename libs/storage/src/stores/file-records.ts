import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ifExists } from '../storage-error.js';
import { RecordClaim } from './record-claim.js';
import { checkRecordFolder, checkRecordKey, isRecordName } from './record-key.js';
import { TemporaryFile } from './temporary-file.js';
import type { Page, Records, StoredRecord, WriteCondition } from './store.js';

const PAGE = 1_000;
/**
 * Changes within the clock tick of the file system may leave a directory's time as it was: trust none younger
 * than this.
 */
const SETTLED_MS = 1_000;
/** Between two looks at a record that somebody else is changing. */
const LOOK_MS = 10;

/** Records in `ROOT/<key>`, written in `ROOT/tmp`; a version is the SHA-256 of the text. */
export class FileRecords implements Records {
  constructor(private readonly root: string) {}

  async read(key: string): Promise<StoredRecord | undefined> {
    const text = await ifExists('read a record', () => readText(this.path(key)));
    return text === undefined ? undefined : { text, version: sha256(text) };
  }

  async write(key: string, text: string, condition?: WriteCondition): Promise<string | undefined> {
    if (condition === 'absent') return this.create(key, text);
    if (condition !== undefined) return this.replace(key, text, condition.version);
    for (;;) {
      const found = await this.read(key);
      const version = await this.write(key, text, found ?? 'absent');
      if (version !== undefined) return version;
      await sleep(LOOK_MS);
    }
  }

  async remove(key: string): Promise<boolean> {
    for (;;) {
      const found = await this.read(key);
      if (found === undefined) return false;
      const removed = await this.claimed(key, found.version, { text: '', use: () => this.delete(key) });
      if (removed !== undefined) return removed;
      await sleep(LOOK_MS);
    }
  }

  async list(folder: string, after = ''): Promise<Page<string>> {
    checkRecordFolder(folder);
    const entries = await ifExists('list the records', () => readdir(join(this.root, folder), { withFileTypes: true }));
    const names = (entries ?? [])
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => isRecordName(name) && name > after)
      .sort();
    const items = names.slice(0, PAGE);
    return names.length > PAGE ? { items, next: items.at(-1) } : { items };
  }

  async revision(folder: string): Promise<string | undefined> {
    checkRecordFolder(folder);
    const info = await ifExists('read a record', () => stat(join(this.root, folder), { bigint: true }));
    if (info === undefined || Date.now() - Number(info.mtimeMs) <= SETTLED_MS) return undefined;
    return String(info.mtimeNs);
  }

  private async create(key: string, text: string): Promise<string | undefined> {
    const path = this.path(key);
    const file = await TemporaryFile.create(join(this.root, 'tmp'));
    try {
      await file.write(Buffer.from(text));
      return (await file.publishExclusively(path)) ? sha256(text) : undefined;
    } finally {
      await file.discard();
    }
  }

  private async replace(key: string, text: string, version: string): Promise<string | undefined> {
    const path = this.path(key);
    const isDone = await this.claimed(key, version, { text, use: (claim) => claim.publish(path) });
    return isDone ? sha256(text) : undefined;
  }

  /** What `use` gives while nobody else may change this version; undefined: somebody does, or did. */
  private async claimed(
    key: string,
    version: string,
    { text, use }: { readonly text: string; readonly use: (claim: RecordClaim) => Promise<boolean> },
  ): Promise<boolean | undefined> {
    if ((await this.read(key))?.version !== version) return undefined;
    const claim = await RecordClaim.take(join(this.root, 'tmp', sha256(`${key}\n${version}`)), text);
    if (claim === undefined) return undefined;
    try {
      return (await this.read(key))?.version === version ? await use(claim) : undefined;
    } finally {
      await claim.giveUp();
    }
  }

  private async delete(key: string): Promise<boolean> {
    const removed = await ifExists('delete a record', async () => {
      await rm(this.path(key));
      return true;
    });
    return removed ?? false;
  }

  private path(key: string): string {
    checkRecordKey(key);
    return join(this.root, key);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readText(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
