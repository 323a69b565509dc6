import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StrideFastifyAdapter } from './adapter/fastify-adapter.js';
import { refuseMalformed } from './well-formed-request.js';

describe('A connection', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('whose request was answered is cut off when it sends on for more than 5 s', async () => {
    const server = createServer((request, response) =>
      refuseMalformed(request, response, () => void response.end('answered')),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    let isOpen = true;
    client.on('data', (text: string) => (answer += text)).on('close', () => (isOpen = false));
    client.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');
    await vi.waitFor(() => expect(answer).toContain('answered'));
    vi.advanceTimersByTime(4_999);
    client.write('1\r\nx\r\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOpen).toBe(true);
    vi.advanceTimersByTime(1);
    await vi.waitFor(() => expect(isOpen).toBe(false));
    server.close();
  });

  it('is one of 8,192 at most', () => {
    const adapter = new StrideFastifyAdapter();
    expect(adapter.getHttpServer()).toMatchObject({ maxConnections: 8_192, headersTimeout: 10_000 });
  });
});
