import type { Redis } from 'ioredis';
import type { ApiKey, NewApiKeyRequest } from '#contract';
import { Keys } from '../keys.js';
import { changeKey } from '../scripts/change-key.lua.js';
import { parseStored } from '../stored-json.js';
import { ApiKeyRecord, apiKeyView } from './api-key-record.js';
import { formatApiKey, hashSecret, newKeyId, newSecret } from './api-key-text.js';

const MAX_AUDIT_LINES = 10_000;
const SECOND_MS = 1_000;

/** The one moment at which a key can be read. */
export interface IssuedApiKey {
  readonly key: string;
  readonly record: ApiKeyRecord;
}

interface Change {
  /** The text that was read; '' for a key that is new. */
  readonly before: string;
  readonly after: ApiKeyRecord;
  readonly action: string;
  /** Who changes it, for the audit log. */
  readonly by: string;
  readonly onlyFirst?: boolean;
}

/**
 * The API keys of an installation: hashes of secrets, never a secret. No record is removed, so that a refused
 * key stays known.
 */
export class ApiKeys {
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Channel that gets the id of each key that changes. */
  get channel(): string {
    return this.#keys.apiKeyChannel;
  }

  /** Whether there is any, also one that is refused by now. */
  async exist(): Promise<boolean> {
    return (await this.redis.hlen(this.#keys.apiKeys)) > 0;
  }

  async find(id: string): Promise<ApiKeyRecord | undefined> {
    return parseStored(ApiKeyRecord, await this.redis.hget(this.#keys.apiKeys, id));
  }

  /** By age. */
  async list(): Promise<ApiKey[]> {
    const [records, used] = await Promise.all([
      this.redis.hgetall(this.#keys.apiKeys),
      this.redis.hgetall(this.#keys.apiKeysUsed),
    ]);
    return Object.entries(records)
      .flatMap(([id, text]) => {
        const record = parseStored(ApiKeyRecord, text);
        const lastUsedAt = used[id];
        return record ? apiKeyView(record, lastUsedAt === undefined ? undefined : Number(lastUsedAt)) : [];
      })
      .sort((left, right) => left.createdAt.localeCompare(right.createdAt));
  }

  /**
   * Makes a key. @param by who does, for the audit log
   * @param onlyFirst make none where there is one already
   * @returns undefined: there is one already
   */
  async create(
    { name, scopes, owner, expiresInSeconds }: NewApiKeyRequest,
    { by, onlyFirst = false }: { readonly by: string; readonly onlyFirst?: boolean },
    now: number = Date.now(),
  ): Promise<IssuedApiKey | undefined> {
    const [id, secret] = [newKeyId(), newSecret()];
    const after: ApiKeyRecord = {
      id,
      name,
      owner: owner ?? id,
      scopes: [...new Set(scopes)],
      sha256: hashSecret(secret).toString('hex'),
      createdAt: now,
      ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds * SECOND_MS }),
    };
    const isDone = await this.#change({ before: '', after, action: 'create', by, onlyFirst });
    if (isDone) return { key: formatApiKey({ id, secret }), record: after };
    if (onlyFirst) return undefined;
    return this.create({ name, scopes, owner, expiresInSeconds }, { by }, now); // 8 characters met before
  }

  /** Notes that a key was used. */
  async touch(id: string, now: number): Promise<void> {
    await this.redis.hset(this.#keys.apiKeysUsed, id, now);
  }

  async #change({ before, after, action, by, onlyFirst = false }: Change): Promise<boolean> {
    const { id, name, owner, scopes } = after;
    const line = JSON.stringify({ action, key: id, name, owner, scopes, by });
    const values = [id, before, JSON.stringify(after), onlyFirst ? '1' : '', line, MAX_AUDIT_LINES];
    const keys = [this.#keys.apiKeys, this.#keys.audit, this.#keys.apiKeyChannel];
    return (await changeKey.run(this.redis, keys, values)) === 1;
  }
}
