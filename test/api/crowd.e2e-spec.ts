import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAvailable } from '../redis.js';
import { TestApi } from './test-api.js';

const CROWD = 2_000;
/** What the system lets wait at most. */
const allowed = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));

describe.skipIf(!redisAvailable || allowed < CROWD)('Clients that come while the API is busy', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  it('are all connected and answered once it has time, however many they are', async () => {
    const { hostname: host, port } = new URL(api.url);
    api.process.signal('SIGSTOP'); // as busy as a process can be
    const sockets: Socket[] = [];
    for (let i = 0; i < CROWD; i++) {
      const socket = connect({ host, port: Number(port) });
      await once(socket, 'connect');
      socket.write(`GET /health/live HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`);
      sockets.push(socket);
    }
    const answers = sockets.map(statusLine);
    api.process.signal('SIGCONT');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
  });
});

/** Of the answer, or the code of what became of the connection. */
function statusLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    socket.once('end', () => resolve(text.split('\r\n')[0] ?? ''));
  });
}
