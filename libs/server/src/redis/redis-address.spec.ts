import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InvalidConfigError } from '../config.js';
import { secretsIn } from '../environment.js';
import { describeRedisAddress, redisAddress } from './redis-address.js';

const directory = mkdtempSync(join(tmpdir(), 'stride-address-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('The settings of Redis', () => {
  it('join the address with a password from a file, which no log shows', () => {
    const settings = {
      REDIS_URL: 'redis+sentinel://a/m',
      STRIDE_REDIS_USERNAME: 'stride',
      STRIDE_REDIS_PASSWORD_FILE: file('password', 'se/cret\n'),
      STRIDE_REDIS_SENTINEL_PASSWORD_FILE: file('sentinel', 'other'),
    };
    const address = redisAddress(settings);
    expect(address).toMatchObject({
      credentials: { username: 'stride', password: 'se/cret' },
      sentinelCredentials: { password: 'other' },
      tls: undefined,
    });
    expect(describeRedisAddress(address)).toBe('redis+sentinel://a:26379/m');
    expect(secretsIn(settings)).toEqual(expect.arrayContaining(['se/cret', 'other']));
  });

  it('say where Redis is without user and password', () => {
    expect(describeRedisAddress(redisAddress({ REDIS_URL: 'rediss://u:secret@[::1]:1/2' }))).toBe('rediss://[::1]:1');
    expect(describeRedisAddress(redisAddress({ REDIS_URL: 'redis+cluster://:secret@a,b' }))).toBe(
      'redis+cluster://a:6379,b:6379',
    );
    expect(secretsIn({ REDIS_URL: 'redis+cluster://u:secret@a,b' })).toEqual(['secret']);
  });

  it.each([
    [{ REDIS_URL: 'redis://u@h' }, /REDIS_URL: a user without a password/],
    [{ STRIDE_REDIS_USERNAME: 'u' }, /a user without a password/],
    [{ REDIS_URL: 'redis://u:p@h', STRIDE_REDIS_USERNAME: 'v' }, /^STRIDE_REDIS_USERNAME: REDIS_URL has a user, too$/],
    [
      { REDIS_URL: 'redis://:p@h', STRIDE_REDIS_PASSWORD_FILE: file('p', 'q') },
      /^STRIDE_REDIS_PASSWORD_FILE: .*, too$/,
    ],
    [{ STRIDE_REDIS_PASSWORD_FILE: '/nowhere' }, /^STRIDE_REDIS_PASSWORD_FILE: ENOENT/],
    [{ STRIDE_REDIS_PASSWORD_FILE: file('empty', '\n') }, /^STRIDE_REDIS_PASSWORD_FILE: the file .* is empty$/],
    [{ STRIDE_REDIS_SENTINEL_USERNAME: 'u' }, /names no sentinels/],
    [{ REDIS_URL: 'rediss://h', STRIDE_REDIS_CA: file('ca', 'no PEM') }, /^STRIDE_REDIS_CA: .*PEM/],
    [{ REDIS_URL: 'rediss://h', STRIDE_REDIS_KEY: '/nowhere' }, /^STRIDE_REDIS_KEY: ENOENT/],
  ])('%j end with the variable that is wrong', (settings, words) => {
    const read = () => redisAddress({ REDIS_URL: 'redis://h', ...settings });
    expect(read).toThrow(InvalidConfigError);
    expect(read).toThrow(words);
  });
});
