import { CancelledError } from '../errors.js';
import type { EngineRequest } from './request.js';
import type { RequestState } from './request-state.js';

/** Keys whose highest sequence is remembered after their requests have ended. */
const KEYS_TO_REMEMBER = 10_000;

interface Newest {
  readonly sequence: number;
  readonly state: RequestState;
}

/**
 * For each supersede key (per API key and model) the newest request wins, whatever the order in which they come: an older one that is
 * here ends, and one that arrives late, a retry say, is refused.
 */
export class Supersession {
  /** By last arrival, oldest first. */
  private readonly newest = new Map<string, Newest>();

  /** @throws CancelledError `superseded` when a newer request of its key has been here */
  refuseOutdated(request: EngineRequest): void {
    const { supersede } = request;
    if (!supersede) return;
    const known = this.newest.get(keyOf(request, supersede.key));
    if (known && known.sequence > supersede.sequence)
      throw new CancelledError(
        'superseded',
        `sequence ${known.sequence} of ${supersede.key} came before ${supersede.sequence}`,
      );
  }

  /** @returns the request that this one supersedes */
  register(state: RequestState): RequestState | undefined {
    const { supersede } = state.request;
    if (!supersede) return undefined;
    const key = keyOf(state.request, supersede.key);
    const older = this.newest.get(key)?.state;
    this.newest.delete(key);
    this.newest.set(key, { sequence: supersede.sequence, state });
    if (this.newest.size > KEYS_TO_REMEMBER) this.forgetOldest();
    return older;
  }

  private forgetOldest(): void {
    for (const [key, { state }] of this.newest) {
      if (!state.isFinished) continue;
      this.newest.delete(key);
      return;
    }
  }
}

function keyOf({ apiKeyId = '', model }: EngineRequest, key: string): string {
  return JSON.stringify([apiKeyId, model, key]);
}
