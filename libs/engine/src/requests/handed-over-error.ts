/** Says that a request stops here to go on elsewhere. Knows nothing of how it gets there. */

import { CancelledError } from '#ddim';
import type { RowProgress } from './row-progress.js';

/** Thrown to whoever waits for a request that another engine can go on with where it stands. */
export class HandedOverError extends CancelledError {
  constructor(
    /** For the request's `resumeFrom` there. */
    readonly progress: RowProgress,
  ) {
    super('shutdown', 'stopped: shutdown; it can go on elsewhere');
  }
}
