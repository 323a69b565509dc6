import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepResult } from './artifact-store.js';
import { artifactPath } from './artifact-path.js';
import { ifExists } from '../storage-error.js';

const HOUR_MS = 3_600_000;
const TEMPORARY_AGE_MS = 24 * HOUR_MS;

interface SweepTerms {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** SHA-256s that stay. */
  readonly owners: ReadonlySet<string>;
  readonly orphanAgeMs: number;
}

/**
 * One clean-up of an artifact root. An orphan goes to `trash/` first and is looked at again there: if
 * somebody stored the same bytes in between, its new age shows and it goes back. Several sweeps at once do no
 * harm.
 */
export class ArtifactSweep {
  private removedFiles = 0;
  private removedBytes = 0;

  constructor(
    private readonly root: string,
    private readonly terms: SweepTerms,
  ) {}

  async run(): Promise<SweepResult> {
    for (const name of await list(join(this.root, 'tmp')))
      await this.removeIfOlder(TEMPORARY_AGE_MS, join(this.root, 'tmp', name));
    // What an interrupted sweep left there.
    for (const name of await list(join(this.root, 'trash'))) await this.judge(name);
    for await (const [sha256, path] of this.artifacts())
      if (!this.terms.owners.has(sha256)) await this.retire(sha256, path);
    return { removedFiles: this.removedFiles, removedBytes: this.removedBytes };
  }

  private async *artifacts(directory = this.root): AsyncGenerator<[sha256: string, path: string]> {
    for (const name of await list(directory)) {
      const path = join(directory, name);
      if (/^[0-9a-f]{2}$/.test(name)) yield* this.artifacts(path);
      else if (/^[0-9a-f]{64}$/.test(name)) yield [name, path];
    }
  }

  private async retire(sha256: string, path: string): Promise<void> {
    await ifExists('sweep the artifact store', async () => {
      if (!(await this.isOlder(this.terms.orphanAgeMs, path))) return;
      await mkdir(join(this.root, 'trash'), { recursive: true });
      await rename(path, join(this.root, 'trash', sha256));
      await this.judge(sha256);
    });
  }

  private async judge(sha256: string): Promise<void> {
    const path = join(this.root, 'trash', sha256);
    if (!this.terms.owners.has(sha256) && (await this.removeIfOlder(this.terms.orphanAgeMs, path))) return;
    await ifExists('sweep the artifact store', () => rename(path, artifactPath(this.root, sha256)));
  }

  private async removeIfOlder(ageMs: number, path: string): Promise<boolean> {
    const removed = await ifExists('sweep the artifact store', async () => {
      const { size } = await stat(path);
      if (!(await this.isOlder(ageMs, path))) return false;
      await rm(path);
      this.removedFiles++;
      this.removedBytes += size;
      return true;
    });
    return removed ?? false;
  }

  private async isOlder(ageMs: number, path: string): Promise<boolean> {
    const { mtimeMs } = await stat(path);
    return mtimeMs < this.terms.now - ageMs;
  }
}

async function list(directory: string): Promise<readonly string[]> {
  return (await ifExists('list the artifact store', () => readdir(directory))) ?? [];
}
