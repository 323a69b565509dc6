import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAvailable } from '../redis.js';
import { head, JOBS } from './bad-inputs/bad-input.js';
import { TestApi } from './test-api.js';

const MIB = 1_024 * 1_024;

describe.skipIf(!redisAvailable)('A body that is refused before it was sent', () => {
  let api: TestApi;
  let socket: Socket;
  let text = '';

  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  const open = async (): Promise<void> => {
    const { hostname, port } = new URL(api.url);
    text = '';
    socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
  };
  /** Until so many answers have come, or the server has closed. */
  const answers = async (count: number): Promise<readonly string[]> => {
    const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');
    while (statuses().length < count) await once(socket, 'data');
    return statuses();
  };

  it.each([
    ['JSON of a declared length', head('POST', JOBS, `Content-Length: ${2 * MIB}`), 2 * MIB, '413'],
    ['a body of another type', head('POST', JOBS, 'Content-Type: text/plain', `Content-Length: ${MIB}`), MIB, '415'],
  ])('%s can be sent to its end, and the connection goes on', async (_name, request, bytes, status) => {
    await open();
    socket.write(request);
    socket.write('x'.repeat(bytes / 4));
    expect(await answers(1)).toEqual([status]);
    socket.write('x'.repeat((bytes * 3) / 4));
    socket.write(head('GET', '/v1/models'));
    expect(await answers(2)).toEqual([status, '200']);
    socket.destroy();
  });

  it('is not read for ever', async () => {
    await open();
    socket.write(head('POST', JOBS, `Content-Length: ${1_024 * MIB}`));
    expect(await answers(1)).toEqual(['413']);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const sendOn = (): void => void (socket.writable && socket.write('x'.repeat(MIB), sendOn));
    sendOn();
    await closed;
    expect(socket.bytesWritten).toBeLessThan(64 * MIB); // 8 MiB and what the buffers of both ends hold
  });
});
