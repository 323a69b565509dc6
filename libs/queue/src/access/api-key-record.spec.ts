import { describe, expect, it } from 'vitest';
import { judgeSecret, type ApiKeyRecord } from './api-key-record.js';
import { hashSecret } from './api-key-text.js';

describe('The verdict on a secret', () => {
  const sha256 = (secret: string) => hashSecret(secret).toString('hex');
  const record: ApiKeyRecord = {
    id: 'a1b2c3d4',
    name: 'robot',
    owner: 'a1b2c3d4',
    scopes: ['jobs:read'],
    sha256: sha256('present'),
    createdAt: 0,
    limits: {},
  };
  const rotated = { ...record, former: { sha256: sha256('former'), until: 100 } };

  it.each([
    ['the secret of a key', 'valid', record, 'present'],
    ['another secret', 'wrong', record, 'other'],
    ['any secret of an unknown key', 'wrong', undefined, 'present'],
    ['the secret before the last rotation, until its time is over', 'valid', rotated, 'former', 99],
    ['the same from then on', 'expired', rotated, 'former', 100],
    ['the new secret after that', 'valid', rotated, 'present', 100],
    ['a key that has expired', 'expired', { ...record, expiresAt: 100 }, 'present', 100],
    ['a former secret of a key that has expired', 'expired', { ...rotated, expiresAt: 50 }, 'former', 60],
    ['a revoked key, which has also expired', 'revoked', { ...record, revokedAt: 5, expiresAt: 6 }, 'present', 100],
    ['another secret of a revoked key', 'wrong', { ...record, revokedAt: 5 }, 'other', 100],
  ] as const)('of %s is %s', (_, verdict, of, secret, now: number = 10) => {
    expect(judgeSecret(of, secret, now)).toBe(verdict);
  });
});
