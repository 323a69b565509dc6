import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../test/until.js';
import { redisAvailable, startRedis, type TestRedis } from '../../../test/redis.js';

describe.skipIf(!redisAvailable)('RedisServer', () => {
  let server: TestRedis | undefined;
  let client: Redis | undefined;

  afterEach(async () => {
    client?.disconnect();
    await server?.stop();
  });

  const connect = (url: string): Redis => {
    client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => {}); // every test looks at the rejected command instead
    return client;
  };

  it('never evicts keys and has a memory limit', async () => {
    server = await startRedis({ maxmemory: '64mb' });
    const memory = await connect(server.url).info('memory');
    expect(memory).toContain('maxmemory_policy:noeviction');
    expect(memory).toContain(`maxmemory:${64 * 1024 * 1024}`);
  });

  it('with a password, refuses everybody else and every key outside the project', async () => {
    server = await startRedis({ password: 'secret0secret0' });
    await expect(connect(`redis://127.0.0.1:${server.port}`).ping()).rejects.toThrow(/NOAUTH|WRONGPASS/);
    client?.disconnect();
    const own = connect(server.url);
    expect(await own.set('{stride}:key', '1')).toBe('OK');
    await expect(own.set('other', '1')).rejects.toThrow('NOPERM');
    await expect(own.flushall()).rejects.toThrow('NOPERM');
  });

  it.each([undefined, 'secret0secret0'])(
    'keeps what was written, transactions too, over a kill -9 when it has an append-only file (password %s)',
    async (password) => {
      server = await startRedis({ appendOnly: true, password });
      await connect(server.url).set('{stride}:single', 'kept');
      await client?.multi().set('{stride}:first', 'kept').set('{stride}:second', 'kept').exec();
      // While the disk takes in what came before, Redis holds back what it has acknowledged, for 2 s at most.
      await until('it is written', async () =>
        (await client?.info('persistence'))?.includes('aof_buffer_length:0\r\n') ? true : undefined,
      );
      client?.disconnect();
      await server.kill();
      await server.restart();
      const keys = ['{stride}:single', '{stride}:first', '{stride}:second'];
      expect(await connect(server.url).mget(keys)).toEqual(['kept', 'kept', 'kept']);
    },
  );
});
