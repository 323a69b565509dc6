import { randomUUID } from 'node:crypto';
import type { InstallationRecord } from '#queue';
import type { InstallationFile } from '#storage';

/**
 * Whether artifact root and Redis belong together. Jobs in Redis name bytes in the root: a worker or API with
 * the root of another installation would miss them all, or write where nobody looks.
 */
export class Installation {
  readonly code = 'foreign_store';

  constructor(
    private readonly file: InstallationFile,
    private readonly record: InstallationRecord,
  ) {}

  /**
   * What is wrong, with both ids and how to mend it; undefined when they belong together. @throws
   * StorageError, and what Redis says
   */
  async fault(): Promise<string | undefined> {
    const known = await this.record.read(); // first: whoever wrote it had written the file before
    const mine = (await this.file.read()) ?? (known === undefined ? await this.file.claim(randomUUID()) : undefined);
    if (mine === undefined)
      return this.#explain(`has no installation.json, the jobs in Redis are those of installation ${known}`);
    const theirs = known ?? (await this.record.claim(mine));
    if (theirs === mine) return undefined;
    return this.#explain(`is that of installation ${mine}, the jobs in Redis are those of installation ${theirs}`);
  }

  #explain(what: string): string {
    return (
      `the artifact root ${this.file.location} ${what}: let STRIDE_ARTIFACTS (is its volume mounted?) and REDIS_URL name what belongs ` +
      `together; if this root is to serve those jobs from now on, run "redis-cli del ${this.record.key}"`
    );
  }
}
