import { found } from '#client';
import type { ApiKey, ApiKeyLimits, IssuedApiKey, KeyAuditLine, NewApiKeyRequest } from '#contract';
import type { ApiKeys } from '#queue';
import { CommandError } from '../errors/cli-error.js';
import { apiKeyOf, connect, type ConnectionOptions } from '../connection.js';

/** Where keys are made and changed: at the service for whoever has an admin key, else in its Redis. */
interface KeyDesk {
  /** Undefined: there is a key already, and only the first one was wanted. */
  create(request: NewApiKeyRequest, onlyFirst: boolean): Promise<IssuedApiKey | undefined>;
  list(): Promise<ApiKey[]>;
  revoke(id: string): Promise<ApiKey>;
  rotate(id: string, overlapSeconds: number): Promise<IssuedApiKey>;
  limit(id: string, limits: ApiKeyLimits): Promise<ApiKey>;
  audit(): Promise<KeyAuditLine[]>;
}

export interface KeyDeskOptions extends ConnectionOptions {
  readonly dataDir: string;
}

export async function atKeyDesk<Result>(
  options: KeyDeskOptions,
  use: (desk: KeyDesk) => Promise<Result>,
): Promise<Result> {
  if (apiKeyOf(options) !== undefined) return use(httpDesk(options));
  const { withRedisKeys } = await import('./key-redis.js');
  return withRedisKeys(options.dataDir, (keys) => use(redisDesk(keys)));
}

/** Who changes keys so is known by what they can do. */
const BY = { by: 'redis' };

function redisDesk(keys: ApiKeys): KeyDesk {
  return {
    create: async (request, onlyFirst) =>
      onlyFirst && (await keys.exist()) ? undefined : keys.create(request, { ...BY, onlyFirst }),
    list: () => keys.list(),
    revoke: async (id) => known(id, await keys.revoke(id, BY)),
    rotate: async (id, overlapSeconds) => known(id, await keys.rotate(id, { ...BY, overlapSeconds })),
    limit: async (id, limits) => known(id, await keys.limit(id, limits, BY)),
    audit: () => keys.audit(),
  };
}

function known<Found>(id: string, value: Found | undefined): Found {
  if (value === undefined) throw new CommandError(`there is no key ${id}`);
  return value;
}

const path = (id: string) => ({ params: { path: { id } } });

function httpDesk(options: ConnectionOptions): KeyDesk {
  const { client } = connect(options);
  return {
    // whoever has a key is not the first
    create: async (body, onlyFirst) => (onlyFirst ? undefined : found(await client.POST('/v1/keys', { body }))),
    list: async () => found(await client.GET('/v1/keys')).items,
    revoke: async (id) => found(await client.POST('/v1/keys/{id}/revoke', path(id))),
    rotate: async (id, overlapSeconds) =>
      found(await client.POST('/v1/keys/{id}/rotate', { ...path(id), body: { overlapSeconds } })),
    limit: async (id, body) => found(await client.PUT('/v1/keys/{id}/limits', { ...path(id), body })),
    audit: async () => found(await client.GET('/v1/keys/audit')).items,
  };
}
