import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arrayValue, decodeMessage, encodeMessage, numbersIn } from '#storage';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { SocketSender } from './socket-sender.js';

const plan = encodeMessage({ actions: arrayValue({ dtype: 'float32', shape: [1], data: Float32Array.of(1) }) });

/** A policy whose answers the test decides. */
class Policy {
  readonly paths: string[] = [];
  readonly observations: number[][] = [];
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor(answer: (socket: WebSocket, index: number) => void) {
    this.#server = createServer().on('upgrade', (request, stream, head) => {
      this.paths.push(request.url ?? '');
      this.#sockets.handleUpgrade(request, stream, head, (socket) => {
        socket.send(encodeMessage({ model: 'tiny@1' }));
        socket.on('message', (bytes: Buffer) => {
          const values = numbersIn(decodeMessage(bytes).get('observation'), 'observation');
          answer(socket, this.observations.push([...values]) - 1);
        });
      });
    });
  }

  async sender(): Promise<SocketSender> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const baseUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const sizes = [{ rows: 2, steps: 10, weight: 1 }];
    return new SocketSender(sizes, { baseUrl, model: 'tiny@1', obsSize: 3, seed: 1 });
  }

  stop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
  }
}

describe('jobs over the policy socket', () => {
  const opened: { stop?: () => void; close?: () => void }[] = [];
  afterEach(() => {
    for (const { stop, close } of opened.splice(0)) (stop ?? close)?.call(undefined);
  });
  const start = async (answer: (socket: WebSocket, index: number) => void) => {
    const policy = new Policy(answer);
    const sender = await policy.sender();
    opened.push({ close: () => sender.close() }, { stop: () => policy.stop() });
    return { policy, sender };
  };

  it('go on in the session of the one before, and in another where that is busy', async () => {
    const held: WebSocket[] = [];
    const { policy, sender } = await start((socket, index) => {
      if (index === 0) socket.send(plan);
      else if (held.push(socket) === 2) for (const each of held) each.send(plan);
    });
    expect(await sender.run(0, 0)).toBeUndefined();
    expect(await Promise.all([sender.run(0, 1), sender.run(0, 2)])).toEqual([undefined, undefined]);
    expect(policy.paths).toEqual(Array(2).fill('/v1/policies/tiny%401?priority=normal&steps=10&samples=2'));
    expect(new Set(policy.observations.map((values) => values.join())).size).toBe(3);
  });

  it('end with the code of an answer without a plan, in the same session', async () => {
    const late = encodeMessage({ error: { code: 'deadline_exceeded', detail: 'late' }, chunk: 0 });
    const { policy, sender } = await start((socket, index) => socket.send(index === 0 ? late : plan));
    expect([await sender.run(0, 0), await sender.run(0, 1)]).toEqual(['deadline_exceeded', undefined]);
    expect(policy.paths).toHaveLength(1);
  });

  it('end with the code of a refusal, or of a lost connection, and begin another session', async () => {
    const { policy, sender } = await start((socket, index) => {
      if (index === 0) socket.send('queue_full: come again');
      if (index < 2) socket.close(1011);
      else socket.send(plan);
    });
    const codes = [await sender.run(0, 0), await sender.run(0, 1), await sender.run(0, 2)];
    expect(codes).toEqual(['queue_full', 'connection_lost', undefined]);
    expect(policy.paths).toHaveLength(3);
  });

  it('end with the status of a handshake that is refused', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sender = new SocketSender([{ rows: 1, steps: 1, weight: 1 }], { baseUrl, model: 'x', obsSize: 0, seed: 1 });
    opened.push({ close: () => sender.close() }, { stop: () => server.close() });
    expect(await sender.run(0, 0)).toBe('http_404');
  });
});
