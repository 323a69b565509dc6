import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoCode } from '../../storage-error.js';
import { hashOf } from '../blob-hash.js';
import type { Download } from './blob-service.js';

/** What is left when the cache has become too large. */
const KEPT_RATIO = 0.9;
/** So much of its limit a process adds before it looks what others have added. */
const UNSEEN_RATIO = 1 / 16;
const LOOK_MS = 25;
const CLAIM_MS = 10_000;
/** Whoever left a half file for so long is dead. */
const ABANDONED_MS = 24 * 3_600_000;

/**
 * Blobs of one remote store on the disk of this machine, which its processes share and restarts outlive. A
 * file appears whole, counts only if it hashes to its name, and goes when it was not read for longest. What
 * fails here is no fault of a read: the bytes are then fetched again.
 */
export class BlobCache {
  /** Where half files lie. */
  readonly temporary: string;
  private readonly directory: string;
  private readonly turns = new Map<string, Promise<unknown>>();
  /** What is here, as of the last look; undefined before it. */
  private size: { bytes: number; added: number } | undefined;

  /** @param location of the store: others have caches of their own below `root` */
  constructor(
    root: string,
    location: string,
    private readonly maxBytes: number,
  ) {
    this.directory = join(root, createHash('sha256').update(location).digest('hex').slice(0, 16));
    this.temporary = join(this.directory, 'tmp');
  }

  /** Verified bytes, if they are here; damaged ones go. */
  async read(sha256: string): Promise<Uint8Array | undefined> {
    const path = this.path(sha256);
    try {
      const bytes = await readFile(path);
      if ((await hashOf(bytes)) !== sha256) return await this.drop(sha256);
      await touch(path);
      // Not from Node's pool of small buffers: views into the bytes want them aligned.
      return bytes.byteOffset === 0 ? bytes : new Uint8Array(bytes);
    } catch {
      return undefined;
    }
  }

  /** The same as they come from the disk, not verified. */
  async open(sha256: string): Promise<Download | undefined> {
    const path = this.path(sha256);
    try {
      const { size } = await stat(path);
      await touch(path);
      return { bytes: size, chunks: createReadStream(path) };
    } catch {
      return undefined;
    }
  }

  /** Keeps bytes, and lets go of others if there is no room for all. */
  async add(sha256: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.maxBytes) return;
    const path = join(this.temporary, randomUUID());
    try {
      await mkdir(this.temporary, { recursive: true, mode: 0o700 });
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
      await rename(path, this.path(sha256));
      await this.makeRoom(bytes.length);
    } catch {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }

  /** Takes bytes away. */
  async drop(sha256: string): Promise<undefined> {
    await rm(this.path(sha256), { force: true }).catch(() => undefined);
  }

  /**
   * Bytes that are here, or that `load` fetches: of all who want the same ones on this machine, one does, and
   * the others wait for it.
   */
  async readOrLoad(sha256: string, load: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const known = await this.read(sha256);
    if (known) return known;
    const before = this.turns.get(sha256);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return this.claimed(sha256, async () => {
        const found = await this.read(sha256);
        if (found) return found;
        const bytes = await load();
        if (bytes) await this.add(sha256, bytes);
        return bytes;
      });
    })();
    this.turns.set(sha256, mine);
    try {
      return await mine;
    } finally {
      if (this.turns.get(sha256) === mine) this.turns.delete(sha256);
    }
  }

  /** Runs alone among the processes of this machine, unless another one has stood still for long. */
  private async claimed<Result>(sha256: string, run: () => Promise<Result>): Promise<Result> {
    const claim = join(this.temporary, `${sha256}.claim`);
    await mkdir(this.temporary, { recursive: true, mode: 0o700 }).catch(() => undefined);
    while (!(await takes(claim))) await sleep(LOOK_MS);
    const renewal = setInterval(() => void touch(claim).catch(() => undefined), CLAIM_MS / 4);
    try {
      return await run();
    } finally {
      clearInterval(renewal);
      await rm(claim, { force: true }).catch(() => undefined);
    }
  }

  private async makeRoom(added: number): Promise<void> {
    if (this.size) {
      this.size.bytes += added;
      this.size.added += added;
      if (this.size.bytes <= this.maxBytes && this.size.added <= this.maxBytes * UNSEEN_RATIO) return;
    }
    await this.removeAbandoned();
    const files = await filesIn(this.directory);
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    const kept = bytes > this.maxBytes ? this.maxBytes * KEPT_RATIO : this.maxBytes;
    for (const { name, size } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= kept) break;
      await this.drop(name);
      bytes -= size;
    }
    this.size = { bytes, added: 0 };
  }

  private async removeAbandoned(): Promise<void> {
    const old = (await filesIn(this.temporary)).filter(({ usedAt }) => usedAt < Date.now() - ABANDONED_MS);
    for (const { name } of old) await rm(join(this.temporary, name), { force: true });
  }

  private path(sha256: string): string {
    return join(this.directory, sha256);
  }
}

/** Whether a claim is ours now; a disk that takes none must not keep anybody waiting. */
async function takes(claim: string): Promise<boolean> {
  try {
    await (await open(claim, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (errnoCode(error) !== 'EEXIST') return true;
  }
  const since = await stat(claim).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
  if (Date.now() - since > CLAIM_MS) await rm(claim, { force: true });
  return false;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

/** Files right in a directory; one that goes meanwhile is left out. */
async function filesIn(directory: string): Promise<{ name: string; size: number; usedAt: number }[]> {
  const found = [];
  for (const name of await readdir(directory)) {
    const info = await stat(join(directory, name)).catch(() => undefined);
    if (info?.isFile()) found.push({ name, size: info.size, usedAt: info.mtimeMs });
  }
  return found;
}
