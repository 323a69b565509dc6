import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JoinedRedis } from './joined-redis.js';

const NEVER_MS = 2 ** 31 - 1;

describe('A connection that waits before it tries again', () => {
  let server: Server;
  let joined: JoinedRedis;
  beforeEach(async () => {
    server = createServer((socket) => socket.destroy());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    joined = new JoinedRedis({ port, lazyConnect: true, retryStrategy: () => NEVER_MS });
  });
  afterEach(() => {
    server.close();
  });

  it.each([
    ['', () => joined],
    [', as does its copy,', () => joined.duplicate()],
  ])('ends%s when it is disconnected, and with it what it was asked', async (_which, make) => {
    const redis: Redis = make();
    redis.on('error', () => undefined);
    const asked = redis.get('a').catch((error: unknown) => error);
    await new Promise((resolve) => redis.once('reconnecting', resolve)); // errors come first
    const ended = new Promise((resolve) => redis.once('end', resolve));
    redis.disconnect();
    await ended;
    expect(await asked).toMatchObject({ message: 'Connection is closed.' });
  });
});
