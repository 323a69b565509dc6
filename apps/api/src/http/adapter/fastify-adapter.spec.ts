import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { StrideFastifyAdapter } from './fastify-adapter.js';

/** What a service answers that says whom it takes for its client, and its query. */
async function ask(path: string, { hops = 0, init = {} }: { hops?: number; init?: RequestInit } = {}): Promise<string> {
  const adapter = new StrideFastifyAdapter({ hops });
  const app = adapter.getInstance();
  app.post('/Who/:name', (request, reply) => reply.send(JSON.stringify([request.params, request.query, request.ip])));
  app.get('/Who/:name', (request, reply) => reply.send(request.ip));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = adapter.getHttpServer().address() as AddressInfo;
  try {
    return await (await fetch(`http://127.0.0.1:${port}${path}`, init)).text();
  } finally {
    await adapter.close();
  }
}

describe('StrideFastifyAdapter', () => {
  it.each([
    [0, '127.0.0.1'],
    [1, '203.0.113.7'],
    [2, '198.51.100.9'],
  ])('behind %i proxies, of whom the outermost saw %s, believes no further address', async (hops, address) => {
    const headers = { 'x-forwarded-for': '10.9.9.9, 198.51.100.9, 203.0.113.7' };
    expect(await ask('/who/a', { hops, init: { headers } })).toBe(address);
  });

  it('finds a route in any case and with a last slash, its parameters as they were sent', async () => {
    const name = 'Ab'.repeat(200);
    expect(await ask(`/wHo/${name}/`, { init: { method: 'POST' } })).toContain(name);
  });

  it('leaves bodies to the routes, whatever they say they are', async () => {
    for (const type of ['application/json', 'text/nonsense', 'nonsense', ''])
      expect(await ask('/who/a', { init: { method: 'POST', body: '{', headers: { 'content-type': type } } })).toBe(
        '[{"name":"a"},{},"127.0.0.1"]',
      );
  });

  it('knows which methods a path has', async () => {
    const adapter = new StrideFastifyAdapter();
    const app = adapter.getInstance();
    app.get('/a/:id', () => '').post('/a/:id', () => '');
    app.get('/files/*', () => '').put('/a/b.c', () => '');
    await app.ready();
    const methods = ['/a/1', '/A/1/', '/a/1/2', '/a', '/files/x', '/a/b.c', '/a/bxc'].map((path) =>
      adapter.routes.methodsAt(path).join(' '),
    );
    expect(methods).toEqual(['GET POST', 'GET POST', '', '', '', 'GET POST PUT', 'GET POST']);
    await adapter.close();
  });
});
