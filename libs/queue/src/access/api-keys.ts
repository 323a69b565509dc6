import type { Redis } from 'ioredis';
import { KeyAuditLine, type ApiKey, type ApiKeyLimits, type IssuedApiKey, type NewApiKeyRequest } from '#contract';
import { Keys } from '../keys.js';
import { changeKey } from '../scripts/change-key.lua.js';
import { parseStored } from '../stored-json.js';
import { ApiKeyRecord, apiKeyView } from './api-key-record.js';
import { formatApiKey, hashSecret, newKeyId, newSecret } from './api-key-text.js';

const MAX_AUDIT_LINES = 10_000;
const AUDIT_PAGE = 1_000;
const SECOND_MS = 1_000;

/** Who changes keys, for the audit log: the id of a key, or `redis` for whoever can write there. */
interface Change {
  readonly by: string;
  readonly now?: number;
}

interface Write {
  /** The text that was read; '' for a key that is new. */
  readonly before: string;
  readonly after: ApiKeyRecord;
  readonly action: KeyAuditLine['action'];
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
   * Makes a key.
   * @param onlyFirst make none where there is one already
   * @returns undefined: there is one already
   */
  async create(
    request: NewApiKeyRequest,
    { by, now = Date.now(), onlyFirst = false }: Change & { readonly onlyFirst?: boolean },
  ): Promise<IssuedApiKey | undefined> {
    const { name, scopes, owner, expiresInSeconds } = request;
    const [id, secret] = [newKeyId(), newSecret()];
    const after: ApiKeyRecord = {
      id,
      name,
      owner: owner ?? id,
      scopes: [...new Set(scopes)],
      sha256: hashSecret(secret).toString('hex'),
      createdAt: now,
      limits: {},
      ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds * SECOND_MS }),
    };
    const isDone = await this.#write({ before: '', after, action: 'create', onlyFirst }, by);
    if (isDone) return { key: formatApiKey({ id, secret }), ...apiKeyView(after, undefined) };
    return onlyFirst ? undefined : this.create(request, { by, now }); // 8 characters met before
  }

  /** Refuses a key from now on, for good. @returns undefined: there is no such key */
  async revoke(id: string, { by, now = Date.now() }: Change): Promise<ApiKey | undefined> {
    const revoked = await this.#change(id, { action: 'revoke', by }, (record) => ({ revokedAt: now, ...record }));
    return revoked && apiKeyView(revoked, undefined);
  }

  /** Gives a key that stays what it is a new secret. @returns undefined: there is no such key */
  async rotate(
    id: string,
    { by, overlapSeconds, now = Date.now() }: Change & { readonly overlapSeconds: number },
  ): Promise<IssuedApiKey | undefined> {
    const secret = newSecret();
    const rotated = await this.#change(id, { action: 'rotate', by }, (record) => ({
      ...record,
      sha256: hashSecret(secret).toString('hex'),
      former: { sha256: record.sha256, until: now + overlapSeconds * SECOND_MS },
    }));
    return rotated && { key: formatApiKey({ id, secret }), ...apiKeyView(rotated, undefined) };
  }

  /** Sets all limits of a key; what is left out is not limited. @returns undefined: there is no such key */
  async limit(id: string, limits: ApiKeyLimits, { by }: Change): Promise<ApiKey | undefined> {
    const limited = await this.#change(id, { action: 'limit', by }, (record) => ({ ...record, limits }));
    return limited && apiKeyView(limited, undefined);
  }

  /** The newest changes of all keys, newest first. */
  async audit(): Promise<KeyAuditLine[]> {
    const entries = await this.redis.xrevrange(this.#keys.audit, '+', '-', 'COUNT', AUDIT_PAGE);
    return entries.flatMap(([, fields]) => parseStored(KeyAuditLine, fields[fields.indexOf('line') + 1]) ?? []);
  }

  /** Notes that a key was used. */
  async touch(id: string, now: number): Promise<void> {
    await this.redis.hset(this.#keys.apiKeysUsed, id, now);
  }

  /** Changes a record as it is at that moment, whoever else does at once. */
  async #change(
    id: string,
    { action, by }: Pick<Write, 'action'> & Change,
    change: (record: ApiKeyRecord) => ApiKeyRecord,
  ): Promise<ApiKeyRecord | undefined> {
    for (;;) {
      const before = await this.redis.hget(this.#keys.apiKeys, id);
      const record = parseStored(ApiKeyRecord, before);
      if (before === null || record === undefined) return undefined;
      const after = change(record);
      if (await this.#write({ before, after, action }, by)) return after;
    }
  }

  async #write({ before, after, action, onlyFirst = false }: Write, by: string): Promise<boolean> {
    const { id, owner, scopes, limits } = after;
    const detail = JSON.stringify(action === 'limit' ? limits : { owner, scopes });
    const line: KeyAuditLine = { at: new Date().toISOString(), action, key: id, by, detail };
    const values = [id, before, JSON.stringify(after), onlyFirst ? '1' : '', JSON.stringify(line), MAX_AUDIT_LINES];
    const keys = [this.#keys.apiKeys, this.#keys.audit, this.#keys.apiKeyChannel];
    return (await changeKey.run(this.redis, keys, values)) === 1;
  }
}
