import { Injectable } from '@nestjs/common';
import { ArtifactStore } from '#storage';

const FRESH_MS = 2_000;

/**
 * Whether the artifact store has room for more. What is left on a disk that is nearly full belongs to the
 * jobs that were accepted.
 */
@Injectable()
export class StoreRoom {
  private known: { readonly check: Promise<void>; readonly until: number } | undefined;

  constructor(private readonly artifacts: ArtifactStore) {}

  /**
   * Call before anything large is taken in; looks at the disk every 2 s. @throws StorageError `storage_full`,
   * or why nothing can be written
   */
  async require(): Promise<void> {
    const now = performance.now();
    if (this.known === undefined || this.known.until < now)
      this.known = { check: this.artifacts.check(), until: now + FRESH_MS };
    await this.known.check;
  }
}
