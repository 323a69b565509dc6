import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ApiKeyId, ApiKeyLimits, ResourceName, Scope, Sha256, type ApiKey } from '#contract';
import { hashSecret, newSecret } from './api-key-text.js';

const time = z.int().min(0);

/** What is stored of a key; times in ms since 1970. Of secrets only the hashes. */
export const ApiKeyRecord = z.object({
  id: ApiKeyId,
  name: ResourceName,
  owner: ResourceName,
  scopes: z.array(Scope),
  sha256: Sha256,
  createdAt: time,
  expiresAt: time.optional(),
  revokedAt: time.optional(),
  /** The secret before the last rotation, and until when it is taken. */
  former: z.object({ sha256: Sha256, until: time }).optional(),
  limits: ApiKeyLimits.default({}),
});
export type ApiKeyRecord = z.output<typeof ApiKeyRecord>;

/** Whether a secret opens a key, or why not. */
type KeyVerdict = 'valid' | 'wrong' | 'revoked' | 'expired';

/** What no secret hashes to: an unknown id is compared with it, so that it takes as long as a known one. */
const NOBODY = hashSecret(newSecret()).toString('hex');

/** Does the same work for every secret, whether the record is there or not. */
export function judgeSecret(record: ApiKeyRecord | undefined, secret: string, now: number): KeyVerdict {
  return judgeHash(record, hashSecret(secret), now);
}

/** The same by the SHA-256 of a secret that was right once. */
export function judgeHash(record: ApiKeyRecord | undefined, hash: Buffer, now: number): KeyVerdict {
  const isPresent = isHash(hash, record?.sha256 ?? NOBODY);
  const isFormer = isHash(hash, record?.former?.sha256 ?? NOBODY);
  // why a key is refused is only for those who have it
  if (record === undefined || !(isPresent || isFormer)) return 'wrong';
  if (record.revokedAt !== undefined) return 'revoked';
  const until = isPresent ? record.expiresAt : Math.min(record.former?.until ?? 0, record.expiresAt ?? Infinity);
  return until !== undefined && until <= now ? 'expired' : 'valid';
}

function isHash(given: Buffer, sha256: string): boolean {
  return timingSafeEqual(given, Buffer.from(sha256, 'hex'));
}

/** A key as it is listed. */
export function apiKeyView(record: ApiKeyRecord, lastUsedAt: number | undefined): ApiKey {
  const { id, name, owner, scopes, createdAt, expiresAt, revokedAt, limits } = record;
  return {
    id,
    name,
    owner,
    scopes,
    createdAt: timestamp(createdAt),
    expiresAt: expiresAt === undefined ? null : timestamp(expiresAt),
    revokedAt: revokedAt === undefined ? null : timestamp(revokedAt),
    lastUsedAt: lastUsedAt === undefined ? null : timestamp(lastUsedAt),
    limits,
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
