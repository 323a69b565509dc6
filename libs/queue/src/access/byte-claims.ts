import type { Redis } from 'ioredis';
import { Keys } from '../keys.js';
import { claimBytes, releaseBytes } from '../scripts/claim-bytes.lua.js';

/** Who has brought which bytes: they may read them again, and they count towards what they may store. */
export class ByteClaims {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /**
   * Counts bytes for an owner; those that are there already count once.
   * @param most what the owner may have in all; undefined: as much as there is room for
   * @returns false, and nothing is counted, when they would be too many
   */
  async take(owner: string, { sha256, bytes }: { sha256: string; bytes: number }, most?: number): Promise<boolean> {
    const keys = [this.#keys.claims(owner), this.#keys.claimedBytes(owner), this.#keys.claimants];
    return (await claimBytes.run(this.redis, keys, [sha256, bytes, most ?? '', owner])) === 1;
  }

  /** These bytes are gone, or nobody's. */
  async release(owner: string, sha256: string): Promise<void> {
    await releaseBytes.run(this.redis, [this.#keys.claims(owner), this.#keys.claimedBytes(owner)], [sha256]);
  }

  async has(owner: string, sha256: string): Promise<boolean> {
    return (await this.redis.hexists(this.#keys.claims(owner), sha256)) === 1;
  }

  /** Bytes of all claims of an owner. */
  async sum(owner: string): Promise<number> {
    return Number((await this.redis.get(this.#keys.claimedBytes(owner))) ?? 0);
  }

  /** Takes back the claims to bytes that are gone. */
  async prune(isThere: (sha256: string) => Promise<boolean>): Promise<void> {
    for (const owner of await this.redis.smembers(this.#keys.claimants)) {
      for (const sha256 of await this.redis.hkeys(this.#keys.claims(owner)))
        if (!(await isThere(sha256))) await this.release(owner, sha256);
    }
  }
}
