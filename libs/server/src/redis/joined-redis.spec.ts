import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { producerConnection } from '#queue';
import { JoinedRedis } from './joined-redis.js';

const LIMITS = { commandMs: 2_000, silenceMs: 3_000 };
const TICK_MS = 250;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('A connection with limits', () => {
  let server: Server;
  let redis: JoinedRedis;
  let peer: Socket;

  /** What ioredis asks before a connection is ready. */
  function answerGreeting(asked: Buffer): void {
    for (const _ of asked.toString().matchAll(/\r\n(?:hello|client|info)\r\n/gi)) peer.write('+OK\r\n');
  }

  /** From now on the other end says nothing by itself. */
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    redis = new JoinedRedis({ host: '127.0.0.1', port, ...producerConnection }, LIMITS);
    redis.on('error', () => undefined);
    server.once('connection', (socket) => (peer = socket.on('data', answerGreeting)));
    await once(redis, 'ready');
    peer.off('data', answerGreeting).resume();
  });
  afterEach(() => {
    redis.disconnect();
    peer.destroy();
    server.close();
    vi.useRealTimers();
  });

  /** Time passes while the event loop is on time: it looks at its sockets between two ticks. */
  async function pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += TICK_MS) {
      vi.advanceTimersByTime(TICK_MS);
      await turn();
    }
  }

  it('is dropped when it was asked and says nothing for too long', async () => {
    const asked = redis.get('a').catch((error: unknown) => error);
    await pass(LIMITS.silenceMs);
    expect(redis.status).toBe('ready');
    await pass(TICK_MS);
    await vi.waitFor(() => expect(redis.status).toBe('reconnecting'));
    redis.disconnect();
    expect(await asked).toBeInstanceOf(Error);
  });

  it('may be silent as long as nobody asks', async () => {
    await pass(10 * LIMITS.silenceMs);
    expect(redis.status).toBe('ready');
  });

  it('stays while it says something, and a command without an answer fails alone', async () => {
    const [first, second] = [redis.get('a'), redis.get('b').catch((error: unknown) => error)];
    await pass(LIMITS.commandMs - TICK_MS);
    peer.write('$1\r\n1\r\n');
    expect(await first).toBe('1');
    await pass(TICK_MS);
    expect(await second).toMatchObject({ message: 'Command timed out' });
    await pass(LIMITS.silenceMs - TICK_MS);
    expect(redis.status).toBe('ready');
  });

  it('looks at what lies in the socket before it gives up a command: this process may be late', async () => {
    const asked = redis.get('a');
    await pass(LIMITS.commandMs - TICK_MS);
    peer.write('$1\r\n1\r\n'); // is there before the limit, and read after it
    vi.advanceTimersByTime(TICK_MS);
    expect(await asked).toBe('1');
    expect(redis.status).toBe('ready');
  });
});
