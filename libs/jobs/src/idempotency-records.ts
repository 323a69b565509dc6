import type { Redis } from 'ioredis';
import { InputError } from '#ddim';
import { claimIdempotency } from './claim-idempotency.lua.js';
import { Keys } from './keys.js';
import { answersOf } from './redis-answers.js';

const CLAIM_TTL_MS = 10 * 60_000;
const ACCEPTED_TTL_MS = 24 * 3_600_000;

/** 1 to 255 visible ASCII characters. */
export const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

export interface IdempotencyClaim {
  /** The id to use: the first claim's, for every repeat. */
  readonly jobId: string;
  /** `new`: first request; `claimed`: the first one still runs or died, go on with its id; `accepted`: the job exists. */
  readonly state: 'new' | 'claimed' | 'accepted';
}

/** Binds an Idempotency-Key to a job id before the job exists, so that a repeat never makes a second job. */
export class IdempotencyRecords {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /**
   * @param scope API key and route
   * @param fingerprint SHA-256 of the canonical validated body
   * @throws InputError `idempotency_key_reused` when the key came with another body
   */
  async claim(
    scope: string,
    key: string,
    request: { fingerprint: string; newJobId: string },
  ): Promise<IdempotencyClaim> {
    const record = this.#keys.idempotency(scope, key);
    const values = [request.fingerprint, request.newJobId, CLAIM_TTL_MS];
    const answer = await claimIdempotency.run(this.redis, [record], values);
    const [fingerprint, jobId, state] = Array.isArray(answer) ? answer.map(String) : [];
    if (jobId === undefined || (state !== 'new' && state !== 'claimed' && state !== 'accepted'))
      throw new TypeError(`unexpected idempotency record ${JSON.stringify(answer)}`);
    if (fingerprint !== request.fingerprint)
      throw new InputError('idempotency_key_reused', 'this Idempotency-Key was used with another request body');
    return { jobId, state };
  }

  /** The job exists: its id answers repeats for a day. */
  async accepted(scope: string, key: string): Promise<void> {
    const record = this.#keys.idempotency(scope, key);
    await answersOf(this.redis.multi().hset(record, 'state', 'accepted').pexpire(record, ACCEPTED_TTL_MS));
  }
}
