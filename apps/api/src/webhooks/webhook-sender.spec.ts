import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates, opensslAvailable } from '../../../../test/certificates.js';
import { TestReceiver } from '../../../../test/receiver.js';
import { ReceiverRules } from './receiver-rules.js';
import type { Resolve } from './receiver-lookup.js';
import { WebhookSender, type SenderOptions } from './webhook-sender.js';

/** Stands for a public address, which no test can reach; every other address of this machine is private. */
const PUBLIC = '127.0.0.2';
const rules = new ReceiverRules([`${PUBLIC}/32`]);

describe.skipIf(!opensslAvailable)('A webhook that is sent', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-receiver-'));
  let ca = '';
  let receiver: TestReceiver;
  /** Listens where no connection may arrive, on every private address of this machine. */
  let inside: Server;
  let insideConnections = 0;

  beforeAll(async () => {
    const { authority, server } = makeCertificates(directory, 'DNS:hooks.example,DNS:moving.example');
    ca = readFileSync(authority.cert, 'utf8');
    receiver = await TestReceiver.start(server, PUBLIC);
    inside = createServer((socket) => {
      insideConnections += 1;
      socket.destroy();
    }).listen(receiver.port, '127.0.0.1');
    await once(inside, 'listening');
  });
  afterEach(() => {
    receiver.answer = (response) => response.writeHead(204).end();
    expect(insideConnections).toBe(0);
  });
  afterAll(async () => {
    inside?.close();
    await receiver?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const send = (resolve: Resolve, options: SenderOptions = {}, name = 'hooks.example') =>
    new WebhookSender(rules, { resolve, ca, ...options }).send({
      url: new URL(`https://${name}:${receiver.port}/hook?a=b`),
      headers: { 'webhook-id': 'whk_1' },
      body: '{"type":"job.succeeded"}',
    });
  const there: Resolve = async () => [PUBLIC];

  it('arrives whole, and its answer counts', async () => {
    expect(await send(there)).toEqual({ status: 204, retryAfter: undefined });
    const { headers, body } = receiver.received.at(-1) ?? { headers: {}, body: '' };
    expect(body).toBe('{"type":"job.succeeded"}');
    expect(headers).toMatchObject({ 'webhook-id': 'whk_1', host: `hooks.example:${receiver.port}` });
    receiver.answer = (response) => response.writeHead(503, { 'Retry-After': '120' }).end();
    expect(await send(there)).toEqual({ status: 503, retryAfter: '120' });
  });

  it.each([
    ['a private address', ['127.0.0.1']],
    ['a public address and a private one', [PUBLIC, '127.0.0.1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['what is no address', ['localhost']],
  ])('connects nowhere if the name leads to %s', async (_, addresses) => {
    const before = receiver.connections;
    expect(await send(async () => addresses)).toEqual({ fault: 'address_forbidden' });
    expect(receiver.connections).toBe(before);
  });

  it('connects to what was checked, and to nothing that the name says a moment later', async () => {
    const answers = [[PUBLIC], ['127.0.0.1'], ['127.0.0.1']];
    let asked = 0;
    const moving: Resolve = async () => answers[asked++] ?? [];
    expect(await send(moving, {}, 'moving.example')).toMatchObject({ status: 204 });
    expect(asked).toBe(1);
    expect(await send(moving, {}, 'moving.example')).toEqual({ fault: 'address_forbidden' });
  });

  it('follows no redirect, wherever it leads', async () => {
    receiver.answer = (response) =>
      response.writeHead(307, { Location: `https://127.0.0.1:${receiver.port}/admin` }).end();
    expect(await send(there)).toMatchObject({ status: 307 });
  });

  it('waits for no answer that does not come', async () => {
    receiver.answer = () => undefined;
    expect(await send(there, { totalMs: 200 })).toEqual({ fault: 'timeout' });
  });

  it('waits for no handshake that does not end', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, PUBLIC);
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const sender = new WebhookSender(rules, { resolve: there, connectMs: 200 });
    const message = { url: new URL(`https://hooks.example:${port}/`), headers: {}, body: '' };
    expect(await sender.send(message)).toEqual({ fault: 'timeout' });
    silent.close();
  });

  it('takes no more than the beginning of an answer without end', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      receiver.answer = (response) => {
        response.writeHead(200);
        const pump = (): void => {
          let hasRoom = true;
          while (hasRoom && !response.destroyed && sent < 1024 ** 3) {
            hasRoom = response.write(chunk);
            sent += chunk.length;
          }
        };
        response.on('drain', pump).on('close', resolve);
        pump();
      };
    });
    expect(await send(there)).toMatchObject({ status: 200 });
    await closed;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(16 * 1024 ** 2); // what fits into sockets and their buffers
  });

  it('goes to nobody whose certificate is for another name, or vouched for by nobody', async () => {
    const before = receiver.received.length;
    expect(await send(there, {}, 'other.example')).toEqual({ fault: 'certificate_refused' });
    expect(await send(there, { ca: undefined })).toEqual({ fault: 'certificate_refused' });
    expect(receiver.received.length).toBe(before);
  });

  it('says that nobody knows the name, or that nobody listens', async () => {
    const unknown: Resolve = () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }));
    expect(await send(unknown)).toEqual({ fault: 'name_not_found' });
    expect(await send(async () => [])).toEqual({ fault: 'name_not_found' });
    const sender = new WebhookSender(rules, { resolve: there });
    const message = { url: new URL('https://hooks.example:1/'), headers: {}, body: '' };
    expect(await sender.send(message)).toEqual({ fault: 'connection_failed' });
  });
});
