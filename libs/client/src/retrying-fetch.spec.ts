import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { retryingFetch } from './retrying-fetch.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** Each answer in turn, the last one again and again; undefined: the connection is cut. */
async function serve(...answers: readonly (number | undefined)[]) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const status = answers[Math.min(bodies.length, answers.length - 1)];
      bodies.push(body);
      if (status === undefined) request.socket.destroy();
      else response.writeHead(status, { 'Retry-After': '0' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => (server.close(), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const keyed = (url: string, signal?: AbortSignal) =>
  new Request(url, { method: 'POST', headers: { 'Idempotency-Key': 'k' }, body: 'the body', signal });
const PATIENT = retryingFetch(60_000);

describe('a call that may be repeated', () => {
  it('is repeated with its body after a lost connection, a 429 and a 503', async () => {
    const { url, bodies } = await serve(undefined, 429, 503, 202);
    expect((await PATIENT(keyed(url))).status).toBe(202);
    expect(bodies).toEqual(Array.from({ length: 4 }, () => 'the body'));
  });

  it('is a read, or carries an Idempotency-Key; another one fails at once', async () => {
    const { url, bodies } = await serve(undefined, 200);
    await expect(PATIENT(new Request(url, { method: 'POST', body: 'once' }))).rejects.toThrow(TypeError);
    expect(bodies).toEqual(['once']);
    expect((await PATIENT(new Request(url))).status).toBe(200);
  });

  it('keeps any other answer', async () => {
    const { url, bodies } = await serve(422, 200);
    expect((await PATIENT(keyed(url))).status).toBe(422);
    expect(bodies).toHaveLength(1);
  });

  it('ends with the last answer when its time is over, and with the last error', async () => {
    const impatient = retryingFetch(0);
    const { url, bodies } = await serve(503);
    expect((await impatient(keyed(url))).status).toBe(503);
    const lost = await serve(undefined);
    await expect(impatient(keyed(lost.url))).rejects.toThrow(TypeError);
    expect([bodies.length, lost.bodies.length]).toEqual([1, 1]);
  });

  it('is given up when its caller does', async () => {
    const { url, bodies } = await serve(undefined);
    const controller = new AbortController();
    const call = PATIENT(keyed(url, controller.signal));
    while (bodies.length < 2) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});
