import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiClient } from './api-client.js';
import { followLive, type LiveNews } from './live.js';

const snapshot = (at: string): string => `event: snapshot\ndata: {"at":"${at}"}\n\n`;
const problem = (code: string): string => `{"code":"${code}","detail":"because"}`;

describe('The live feed', () => {
  const stop = new AbortController();
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  /** A service whose answers come in this order, one for each connection. */
  async function serve(answers: readonly ((response: ServerResponse) => void)[], port = 0): Promise<number> {
    const left = [...answers];
    const server = createServer((_request, response) => (left.shift() ?? (() => undefined))(response));
    servers.push(server);
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }

  const follow = (port: number, silentMs?: number): AsyncGenerator<LiveNews> =>
    followLive(createApiClient(`http://127.0.0.1:${port}`), { signal: stop.signal, ...(silentMs && { silentMs }) });
  const next = async (news: AsyncGenerator<LiveNews>) => (await news.next()).value as LiveNews | undefined;

  it('goes on when its connection is cut or ended, and passes on that the queue is away', async () => {
    const port = await serve([
      (response) => response.write(snapshot('1'), () => response.destroy()),
      (response) => response.end(snapshot('2')),
      (response) =>
        response.write(`event: later\ndata: 1\n\nevent: unavailable\ndata: ${problem('queue_unavailable')}\n\n`),
    ]);
    const news = follow(port);
    expect(await next(news)).toEqual({ snapshot: { at: '1' } });
    expect(await next(news)).toEqual({ snapshot: { at: '2' } });
    expect(await next(news)).toMatchObject({ trouble: { code: 'queue_unavailable', status: 503 } });
  });

  it('says that the service is away, and is there again when the service is', async () => {
    const port = await serve([]);
    servers.splice(0).forEach((server) => server.close());
    const news = follow(port);
    expect(await next(news)).toMatchObject({ trouble: { message: 'fetch failed' } });
    await serve([(response) => response.write(snapshot('back'))], port);
    expect(await next(news)).toEqual({ snapshot: { at: 'back' } });
  });

  it('takes a connection on which nothing comes for lost', async () => {
    const port = await serve([(response) => response.write(snapshot('1')), () => undefined]);
    const news = follow(port, 300);
    const trouble = async (): Promise<LiveNews | undefined> => {
      const item = await next(news);
      return item !== undefined && 'snapshot' in item ? trouble() : item;
    };
    for (const connection of ['silent after its first word', 'silent from the start'])
      expect(await trouble(), connection).toMatchObject({
        trouble: { code: 'unreachable', message: 'no word for 0.3 s' },
      });
  });

  it.each([
    ['at once', (response: ServerResponse) => response.writeHead(401).end(problem('unauthorized')), 'unauthorized'],
    [
      'later',
      (response: ServerResponse) => response.write(`event: refused\ndata: ${problem('key_revoked')}\n\n`),
      'key_revoked',
    ],
  ])('ends where the key is refused %s', async (_when, answer, code) => {
    await expect(next(follow(await serve([answer])))).rejects.toMatchObject({ code });
  });

  it('ends when nobody looks any more', async () => {
    const news = follow(await serve([(response) => response.write(snapshot('1'))]));
    await next(news);
    stop.abort();
    await expect(next(news)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
