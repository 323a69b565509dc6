import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '#ddim';
import { ifExists } from '../storage-error.js';
import { TemporaryFile } from './temporary-file.js';
import type { Page, Records, StoredRecord, WriteCondition } from './store.js';

const SEGMENT = '[A-Za-z0-9][A-Za-z0-9._-]*';
const KEY = new RegExp(`^(?:${SEGMENT}/)*${SEGMENT}\\.json$`);
const FOLDER = new RegExp(`^(?:${SEGMENT}/)+$`);
const NAME = new RegExp(`^${SEGMENT}$`);
const PAGE = 1_000;
/**
 * Changes within the clock tick of the file system may leave a directory's time as it was: trust none younger
 * than this.
 */
const SETTLED_MS = 1_000;
/** Whoever holds a claim for so long died with it. */
const CLAIM_MS = 10_000;

/** Records in `ROOT/<key>`, written in `ROOT/tmp`; a version is the SHA-256 of the text. */
export class FileRecords implements Records {
  constructor(private readonly root: string) {}

  async read(key: string): Promise<StoredRecord | undefined> {
    const text = await ifExists('read a record', () => readText(this.path(key)));
    return text === undefined ? undefined : { text, version: sha256(text) };
  }

  async write(key: string, text: string, condition?: WriteCondition): Promise<string | undefined> {
    const path = this.path(key);
    const file = await TemporaryFile.create(join(this.root, 'tmp'));
    try {
      await file.write(Buffer.from(text));
      if (condition === undefined) await file.publish(path);
      else {
        const isDone =
          condition === 'absent'
            ? await file.publishExclusively(path)
            : await this.replace(file, key, condition.version);
        if (!isDone) return undefined;
      }
      return sha256(text);
    } finally {
      await file.discard();
    }
  }

  async remove(key: string): Promise<boolean> {
    const path = this.path(key);
    const removed = await ifExists('delete a record', async () => {
      await rm(path);
      return true;
    });
    return removed ?? false;
  }

  async list(folder: string, after = ''): Promise<Page<string>> {
    checkKey(FOLDER, 'folder', folder);
    const entries = await ifExists('list the records', () => readdir(join(this.root, folder), { withFileTypes: true }));
    const names = (entries ?? [])
      .filter((entry) => NAME.test(entry.name) && (entry.isDirectory() || entry.name.endsWith('.json')))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => name > after)
      .sort();
    const items = names.slice(0, PAGE);
    return names.length > PAGE ? { items, next: items.at(-1) } : { items };
  }

  async revision(folder: string): Promise<string | undefined> {
    checkKey(FOLDER, 'folder', folder);
    const info = await ifExists('read a record', () => stat(join(this.root, folder), { bigint: true }));
    if (info === undefined || Date.now() - Number(info.mtimeMs) <= SETTLED_MS) return undefined;
    return String(info.mtimeNs);
  }

  /**
   * Who wants to replace a version claims it with the new text, under a name made of key and version, which
   * only one can take. Under the claim nobody else replaces that version; to rename it to the key publishes
   * the text and gives the claim up at once. A claim whose holder died is taken away; if he comes back, he
   * finds nothing to rename.
   */
  private async replace(file: TemporaryFile, key: string, version: string): Promise<boolean> {
    const claim = join(this.root, 'tmp', sha256(`${key}\n${version}`));
    if ((await this.read(key))?.version !== version) return false;
    if (!(await file.publishExclusively(claim))) {
      await this.breakOldClaim(claim);
      if (!(await file.publishExclusively(claim))) return false;
    }
    if ((await this.read(key))?.version === version) return file.publishClaim(claim, this.path(key));
    await rm(claim, { force: true });
    return false;
  }

  private async breakOldClaim(claim: string): Promise<void> {
    await ifExists('write a record', async () => {
      if (Date.now() - (await stat(claim)).mtimeMs < CLAIM_MS) return;
      await rm(claim);
    });
  }

  private path(key: string): string {
    checkKey(KEY, 'key', key);
    return join(this.root, key);
  }
}

/** Keys become file names: nothing else may reach the disk. */
function checkKey(pattern: RegExp, kind: string, key: string): void {
  if (!pattern.test(key))
    throw new InputError('invalid_id', `the ${kind} of a record must be a path of A-Z, a-z, 0-9, ".", "_" and "-"`, {
      field: kind,
    });
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
