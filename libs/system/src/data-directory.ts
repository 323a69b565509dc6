import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';
import { SystemError } from './system-error.js';

const Identity = z.object({ pid: z.int().positive(), started: z.string() });
const Lock = z.object({
  owner: Identity,
  parts: z.array(Identity.extend({ name: z.string() })),
  redisUrl: z.string().optional(),
});
type Lock = z.output<typeof Lock>;

const LOCK_FILE = 'lock';
const ORPHAN_GRACE_MS = 20_000;
const ORPHAN_POLL_MS = 50;

/**
 * The directory in which one `stride up` keeps everything: Redis's append-only file, artifacts and logs.
 * A lock file names its owner and the owner's parts, so that two systems never share one directory, and so
 * that parts which outlived a killed owner are ended before new ones open the same files.
 */
export class DataDirectory {
  readonly path: string;
  readonly redis: string;
  readonly artifacts: string;
  readonly logs: string;
  readonly #lockFile: string;
  readonly #parts = new Map<string, ProcessIdentity>();
  #redisUrl: string | undefined;

  private constructor(path: string) {
    this.path = path;
    this.redis = join(path, 'redis');
    this.artifacts = join(path, 'artifacts');
    this.logs = join(path, 'logs');
    this.#lockFile = join(path, LOCK_FILE);
  }

  /** @throws SystemError when another running system holds the directory, or it cannot be written */
  static async open(path: string): Promise<DataDirectory> {
    const directory = new DataDirectory(resolve(path));
    try {
      for (const part of [directory.path, directory.redis, directory.artifacts, directory.logs])
        mkdirSync(part, { recursive: true, mode: 0o700 });
    } catch (error) {
      const message = `cannot use ${directory.path} as data directory: ${String(error)}`;
      throw new SystemError('directory_unusable', message, { cause: error });
    }
    await directory.#lock();
    return directory;
  }

  /** The Redis, with its password, of the system that runs in a directory; undefined where none runs. */
  static redisUrlOf(path: string): string | undefined {
    const lock = parseLock(readText(join(resolve(path), LOCK_FILE)) ?? '');
    return lock !== undefined && isRunning(lock.owner) ? lock.redisUrl : undefined;
  }

  /** Lets other programs of this user find our Redis: the lock is theirs alone to read. */
  recordRedis(url: string): void {
    this.#redisUrl = url;
    replaceFile(this.#lockFile, this.#content());
  }

  /** Writes down which process now plays this part. */
  recordPart(name: string, pid: number | undefined): void {
    const identity = pid === undefined ? undefined : identifyProcess(pid);
    if (identity === undefined) this.#parts.delete(name);
    else this.#parts.set(name, identity);
    replaceFile(this.#lockFile, this.#content());
  }

  /** Gives the directory up; call it when all parts have ended. */
  release(): void {
    rmSync(this.#lockFile, { force: true });
  }

  async #lock(): Promise<void> {
    const content = this.#content();
    while (!createFile(this.#lockFile, content)) {
      const text = readText(this.#lockFile);
      if (text === undefined) continue; // released in this moment
      const lock = parseLock(text);
      if (lock !== undefined && isRunning(lock.owner)) {
        throw new SystemError(
          'directory_in_use',
          `${this.path} is in use by another stride up (process ${lock.owner.pid}); stop it, or choose another --data-dir`,
        );
      }
      await endOrphans(lock?.parts ?? []);
      this.#removeStale(text);
    }
  }

  /** Moves the lock aside first: of two processes that found it stale only one succeeds. */
  #removeStale(text: string): void {
    const aside = `${this.#lockFile}.${process.pid}`;
    try {
      renameSync(this.#lockFile, aside);
      // somebody was faster: that was the new lock
      if (readText(aside) !== text) linkSync(aside, this.#lockFile);
    } catch {
      return; // gone or replaced already: the next turn of the loop looks again
    } finally {
      rmSync(aside, { force: true });
    }
  }

  #content(): string {
    const owner = identifyProcess(process.pid);
    const parts = Array.from(this.#parts, ([name, identity]) => ({ name, ...identity }));
    return JSON.stringify({ owner, parts, redisUrl: this.#redisUrl });
  }
}

async function endOrphans(parts: readonly ProcessIdentity[]): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    for (const part of parts.filter(isRunning)) process.kill(part.pid, name);
  };
  signal('SIGTERM');
  const deadline = performance.now() + ORPHAN_GRACE_MS;
  while (parts.some(isRunning)) {
    if (performance.now() > deadline) signal('SIGKILL');
    await sleep(ORPHAN_POLL_MS); // not our children: nothing announces their end
  }
}

function parseLock(text: string): Lock | undefined {
  try {
    return Lock.parse(JSON.parse(text));
  } catch {
    return undefined; // half written by a machine that lost power
  }
}

/** Appears complete or not at all. @returns false when the file is there already */
function createFile(path: string, content: string): boolean {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, content, { mode: 0o600 });
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function replaceFile(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
