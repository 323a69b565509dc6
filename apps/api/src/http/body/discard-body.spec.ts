import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discardBody } from './discard-body.js';

/** Of what an answered request still sends. */
const MAX_MS = 5_000;
const MAX_BYTES = 8 * 1_024 * 1_024;

function incoming(state: object = {}) {
  const destroySoon = vi.fn();
  const methods = { pause: vi.fn(), resume: vi.fn(), socket: { destroySoon } };
  const request = Object.assign(new EventEmitter(), { complete: false, destroyed: false, ...methods, ...state });
  discardBody(request as unknown as IncomingMessage);
  return { request, destroySoon };
}

describe('What a refused request still sends', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is read and thrown away, 8 MiB of it', () => {
    const { request, destroySoon } = incoming();
    expect(request.resume).toHaveBeenCalledOnce();
    for (let i = 0; i < 8; i++) request.emit('data', Buffer.alloc(MAX_BYTES / 8));
    expect(destroySoon).not.toHaveBeenCalled();
    request.emit('data', Buffer.alloc(1));
    expect(destroySoon).toHaveBeenCalledOnce();
    expect(request.pause).toHaveBeenCalledOnce();
  });

  it('is cut off after 5 s, unless it has ended', () => {
    const [slow, ended] = [incoming(), incoming()];
    vi.advanceTimersByTime(MAX_MS - 1);
    expect(slow.destroySoon).not.toHaveBeenCalled();
    ended.request.emit('close');
    vi.advanceTimersByTime(1);
    expect([slow, ended].map(({ destroySoon }) => destroySoon.mock.calls.length)).toEqual([1, 0]);
  });

  it.each([{ complete: true }, { destroyed: true }])('is nothing when it is %j', (state) => {
    const { request, destroySoon } = incoming(state);
    vi.advanceTimersByTime(MAX_MS);
    expect(request.resume).not.toHaveBeenCalled();
    expect(destroySoon).not.toHaveBeenCalled();
  });

  it('does not keep its client from the answer, and the connection ends', async () => {
    const server = createServer((request, response) => {
      discardBody(request);
      response.end('the answer');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    client.on('data', (text: string) => (answer += text));
    client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nthe beginning');
    await vi.waitFor(() => expect(answer).toContain('the answer'));
    vi.advanceTimersByTime(MAX_MS);
    await once(client, 'close');
    server.close();
  });
});
