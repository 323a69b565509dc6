import { randomUUID } from 'node:crypto';
import { rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoCode, ifExists, onDisk } from '../storage-error.js';
import { syncDirectory, TemporaryFile } from './temporary-file.js';

/** Whoever holds a claim for so long died with it, or will find it gone. */
const CLAIM_MS = 10_000;
const TAKEN: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

/**
 * The right to change one version of one record: a directory that only one can put in its place, because a
 * directory that holds something cannot be replaced. In it lies the new text, under a name of the holder's
 * own; to move that text to the key publishes it and empties the claim in one step. An old claim is moved
 * away as a whole: a holder who comes back does not find his text, whoever has the place by then.
 */
export class RecordClaim {
  private constructor(
    private readonly place: string,
    private readonly text: string,
  ) {}

  /**
   * @param place the path of the claim, the same for all who want to change this version
   * @returns undefined: somebody else has it. @throws StorageError
   */
  static async take(place: string, text: string): Promise<RecordClaim | undefined> {
    const own = join(dirname(place), randomUUID());
    const file = await TemporaryFile.create(own);
    try {
      await file.write(Buffer.from(text));
      await file.sync();
      if (!(await moveTo(place, own))) {
        await moveAwayIfOld(place);
        if (!(await moveTo(place, own))) return undefined;
      }
      return new RecordClaim(place, join(place, basename(file.path)));
    } finally {
      await file.discard();
      await rm(own, { recursive: true, force: true });
    }
  }

  /** Gives the text its key; false: the claim was taken away. @throws StorageError */
  async publish(path: string): Promise<boolean> {
    const isMine = await ifExists('publish a record', async () => {
      await rename(this.text, path);
      await syncDirectory(dirname(path));
      return true;
    });
    return isMine ?? false;
  }

  /** What may fail: the place is somebody else's by now. */
  async giveUp(): Promise<void> {
    await rm(this.text, { force: true }).catch(() => undefined);
    await rmdir(this.place).catch(() => undefined);
  }
}

function moveTo(place: string, own: string): Promise<boolean> {
  return onDisk('claim a record', async () => {
    try {
      await rename(own, place);
      return true;
    } catch (error) {
      if (TAKEN.has(errnoCode(error))) return false;
      throw error;
    }
  });
}

async function moveAwayIfOld(place: string): Promise<void> {
  const old = join(dirname(place), randomUUID());
  await ifExists('claim a record', async () => {
    if (Date.now() - (await stat(place)).mtimeMs < CLAIM_MS) return;
    await rename(place, old);
    await rm(old, { recursive: true, force: true });
  });
}
