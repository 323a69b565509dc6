import { z } from 'zod';
import { ResourceName, Timestamp } from '../names.js';

/** What a key may be used for; `admin` includes the others, and sees the objects of every owner. */
export const SCOPES = ['jobs:read', 'jobs:write', 'train', 'models:write', 'admin'] as const;
export const Scope = z.enum(SCOPES).describe('`admin` includes the others and sees the objects of every owner');
export type Scope = z.output<typeof Scope>;

/** Whose an object is that was made without a key. */
export const DEFAULT_OWNER = 'default';

/** Names a key in public; the secret part never appears again. */
export const ApiKeyId = z
  .string()
  .regex(/^[a-z0-9]{8}$/, 'expected the id of a key: 8 of a-z and 0-9')
  .describe('Id of a key: 8 of a-z and 0-9');

const MAX_LIFETIME_SECONDS = 10 * 366 * 86_400;
const seconds = z.int().min(1).max(MAX_LIFETIME_SECONDS);

/** A key to be made. */
export const NewApiKeyRequest = z
  .strictObject({
    name: ResourceName.describe('For people: what the key is for'),
    scopes: z.array(Scope).min(1).max(SCOPES.length).describe('What the key may be used for'),
    owner: ResourceName.optional().describe('Whose the objects are that it makes; default: the id of the key'),
    expiresInSeconds: seconds.optional().describe('Refused after so many seconds; default: never'),
  })
  .meta({ id: 'NewApiKeyRequest', examples: [{ name: 'robot-7', scopes: ['jobs:read', 'jobs:write'] }] });
export type NewApiKeyRequest = z.output<typeof NewApiKeyRequest>;

/** A key as it is listed: everything but its secret. */
export const ApiKey = z
  .strictObject({
    id: ApiKeyId,
    name: ResourceName.describe('For people: what the key is for'),
    owner: ResourceName.describe('Whose the objects are that it makes'),
    scopes: z.array(Scope).describe('What the key may be used for'),
    createdAt: Timestamp.describe('When it was made'),
    expiresAt: Timestamp.nullable().describe('From when on it is refused; null: never'),
    revokedAt: Timestamp.nullable().describe('Since when it is refused for good; null: it is not'),
    lastUsedAt: Timestamp.nullable().describe('When it was used last, to the minute; null: never'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof ApiKey>;
