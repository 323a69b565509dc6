import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { redisAvailable, startRedis, type TestRedis } from '../../../test/redis.js';
import { freePort } from './ports.js';
import { checkRedis } from './redis-check.js';

const configure = async (url: string, option: string, value: string): Promise<void> => {
  const client = new Redis(url);
  await client.config('SET', option, value);
  client.disconnect();
};

describe.skipIf(!redisAvailable)('checkRedis', () => {
  let server: TestRedis | undefined;
  afterEach(() => server?.stop());

  it('is content with a server that keeps everything within a limit', async () => {
    server = await startRedis({ appendOnly: true });
    expect(await checkRedis(server.url)).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['maxmemory-policy', 'allkeys-lru', 'problem', 'noeviction'],
    ['appendonly', 'no', 'warning', 'appendonly yes'],
    ['maxmemory', '0', 'warning', 'maxmemory 1gb'],
  ])('%s %s is a %s with the command that mends it', async (option, value, status, remedy) => {
    server = await startRedis({ appendOnly: true });
    await configure(server.url, option, value);
    expect(await checkRedis(server.url)).toMatchObject({ status, remedy: expect.stringContaining(remedy) });
  });

  it('a server that cannot be reached is a problem', async () => {
    const finding = await checkRedis(`redis://127.0.0.1:${await freePort()}`);
    expect(finding).toMatchObject({ status: 'problem', detail: expect.stringContaining('ECONNREFUSED') });
  });

  it('without REDIS_URL the program on this machine counts', async () => {
    expect(await checkRedis(undefined)).toMatchObject({ status: 'ok', detail: expect.stringMatching(/-server$/) });
  });
});
