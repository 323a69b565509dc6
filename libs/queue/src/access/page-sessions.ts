import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ApiKeyId, Sha256 } from '#contract';
import { Keys } from '../keys.js';
import { LIFETIMES } from '../lifetimes.js';
import { parseStored } from '../stored-json.js';
import { hashSecret, newSecret } from './api-key-text.js';

/** What a browser has logged in with: the session ends with this secret of the key. */
const PageSession = z.object({ keyId: ApiKeyId, sha256: Sha256 });
type PageSession = z.output<typeof PageSession>;

/**
 * Browsers that have logged in. Each holds a random token, and Redis its hash and that of the secret: neither
 * of them opens anything to who reads it here.
 */
export class PageSessions {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** @returns the token of a new session */
  async open({ id, secret }: { readonly id: string; readonly secret: string }): Promise<string> {
    const token = newSecret();
    const session: PageSession = { keyId: id, sha256: hashSecret(secret).toString('hex') };
    await this.redis.set(this.#keyOf(token), JSON.stringify(session), 'PX', LIFETIMES.pageSessionMs);
    return token;
  }

  /** Undefined once it was closed or its time is over. */
  async find(token: string): Promise<PageSession | undefined> {
    return parseStored(PageSession, await this.redis.get(this.#keyOf(token)));
  }

  async close(token: string): Promise<void> {
    await this.redis.del(this.#keyOf(token));
  }

  #keyOf(token: string): string {
    return this.#keys.pageSession(hashSecret(token).toString('hex'));
  }
}
