import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Keys } from '../keys.js';
import { rotateSecret } from '../scripts/rotate-secret.lua.js';
import { parseStored } from '../stored-json.js';

/** Of the 24 to 64 that the specification allows. */
const SECRET_BYTES = 32;

/** Times are milliseconds since 1970 by the clock of Redis. */
export const SecretRecord = z.object({
  secret: z.string(),
  createdAt: z.number(),
  previous: z.string().optional(),
  previousUntil: z.number().optional(),
});
export type SecretRecord = z.output<typeof SecretRecord>;

const Answer = z.string().nullable();

/** What signs the deliveries of each owner. It lies here as it is, since a hash of it could not sign. */
export class WebhookSecrets {
  readonly #key: string;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#key = new Keys(prefix).webhookSecrets;
  }

  /** The first secret of an owner; undefined where there is one already. */
  create(owner: string): Promise<SecretRecord | undefined> {
    return this.#write(owner, '');
  }

  /** A new secret; the one before signs beside it for so long. The one before that signs no more. */
  async rotate(owner: string, overlapMs: number): Promise<SecretRecord> {
    const record = await this.#write(owner, overlapMs);
    if (record === undefined) throw new TypeError('a rotation always has a result');
    return record;
  }

  async has(owner: string): Promise<boolean> {
    return (await this.redis.hexists(this.#key, owner)) === 1;
  }

  /** Those that sign now, the newest first. */
  async valid(owner: string, now: number): Promise<readonly string[]> {
    const record = parseStored(SecretRecord, await this.redis.hget(this.#key, owner));
    if (record === undefined) return [];
    const { secret, previous, previousUntil = 0 } = record;
    return previous !== undefined && now < previousUntil ? [secret, previous] : [secret];
  }

  async #write(owner: string, overlapMs: number | ''): Promise<SecretRecord | undefined> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const answer = await rotateSecret.run(this.redis, [this.#key], [owner, secret, overlapMs]);
    return parseStored(SecretRecord, Answer.parse(answer));
  }
}
