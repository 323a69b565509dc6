import { z } from 'zod';
import { ResourceName, Timestamp } from '../names.js';

/** What a key may be used for; `admin` includes the others, and sees the objects of every owner. */
export const SCOPES = ['jobs:read', 'jobs:write', 'train', 'models:write', 'store', 'admin'] as const;
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

const most = z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional();

/** What a key may use up; what is left out is not limited. */
export const ApiKeyLimits = z
  .strictObject({
    requestsPerSecond: most.describe('Requests of any kind in one second'),
    rowStepsPerMinute: most.describe(
      'Row-steps of accepted jobs in any minute: rows x steps of sampling, batch x steps of training',
    ),
    rowStepsPerDay: most.describe('Row-steps of accepted jobs in any day'),
    bytes: most.describe('Bytes that its owner has brought and that are still stored'),
    jobsQueued: most.describe('Jobs of both kinds that have not ended'),
  })
  .meta({ id: 'ApiKeyLimits', examples: [{ requestsPerSecond: 50, rowStepsPerDay: 10_000_000, jobsQueued: 1_000 }] });
export type ApiKeyLimits = z.output<typeof ApiKeyLimits>;

/** A rotation: a new secret for a key that stays what it is. */
export const ApiKeyRotation = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(MAX_LIFETIME_SECONDS)
      .default(0)
      .describe('So long the old secret is taken, too'),
  })
  .meta({ id: 'ApiKeyRotation', examples: [{ overlapSeconds: 86_400 }] });

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
    limits: ApiKeyLimits.describe('What it may use up'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof ApiKey>;

export const ApiKeyList = z.strictObject({ items: z.array(ApiKey).describe('By age') }).meta({ id: 'ApiKeyList' });

/** The one answer that shows a key. */
export const IssuedApiKey = z
  .strictObject({
    key: z.string().describe('The key itself, shown this once'),
    ...ApiKey.shape,
  })
  .meta({ id: 'IssuedApiKey' });
export type IssuedApiKey = z.output<typeof IssuedApiKey>;

/** One line of the audit log: who changed which key how. */
export const KeyAuditLine = z
  .strictObject({
    at: Timestamp.describe('When'),
    action: z.enum(['create', 'revoke', 'rotate', 'limit']).describe('What was done'),
    key: ApiKeyId,
    by: z.string().describe('The id of the key that did it, or `redis`: whoever can write there'),
    detail: z.string().describe('Owner and scopes, or limits, as JSON'),
  })
  .meta({ id: 'KeyAuditLine' });
export type KeyAuditLine = z.output<typeof KeyAuditLine>;

export const KeyAuditPage = z
  .strictObject({ items: z.array(KeyAuditLine).describe('Newest first, at most 1,000') })
  .meta({ id: 'KeyAuditPage' });
