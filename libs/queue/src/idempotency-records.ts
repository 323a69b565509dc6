import type { Redis } from 'ioredis';
import { InputError } from '#ddim';
import { Keys } from './keys.js';

/** What names a request for its repeats. */
export interface IdempotencyClaim {
  /** API key and route. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the canonical validated body. */
  readonly fingerprint: string;
  /** Where the release before kept such records, among those of another route. */
  readonly formerScope?: string;
}

/**
 * The Idempotency-Keys that were used: each leads to the id of its job, with which it comes into being. A
 * record of the release before may be older than its job, whose id it holds all the same.
 */
export class IdempotencyRecords {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /**
   * The id of the job that an earlier request with this key made.
   * @throws InputError `idempotency_key_reused` when the key came with another body
   */
  async find({ scope, formerScope, key, fingerprint }: IdempotencyClaim): Promise<string | undefined> {
    const read = async (place: string) =>
      parseRecord(await this.redis.hmget(this.#keys.idempotency(place, key), 'fingerprint', 'jobId', 'form'));
    const [own, former] = await Promise.all([read(scope), formerScope === undefined ? undefined : read(formerScope)]);
    // Two routes shared the former place: what has a form is the other's.
    const known = own ?? (former?.form === undefined ? former : undefined);
    if (known === undefined) return undefined;
    if (known.fingerprint !== fingerprint)
      throw new InputError('idempotency_key_reused', 'this Idempotency-Key was used with another request body');
    return known.jobId;
  }
}

interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly jobId: string;
  readonly form: string | undefined;
}

function parseRecord([fingerprint, jobId, form]: readonly (string | null)[]): IdempotencyRecord | undefined {
  if (typeof fingerprint !== 'string' || typeof jobId !== 'string') return undefined;
  return { fingerprint, jobId, form: form ?? undefined };
}
