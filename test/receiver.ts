import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.js';

/** One request that a receiver got. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a request; a receiver that wants to hang answers nothing. */
export type Answer = (response: ServerResponse, request: Received) => void;

/** A receiver of webhooks: a real HTTPS server that keeps what it got and counts who connected. */
export class TestReceiver {
  readonly received: Received[] = [];
  readonly #server: Server;
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** Connections so far, finished handshakes or not. */
  connections = 0;
  answer: Answer = (response) => response.writeHead(204).end();

  private constructor({ key, cert }: Certificate) {
    this.#server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      void this.#take(request, response);
    });
    this.#server.on('connection', () => (this.connections += 1));
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(certificate: Certificate, host = '127.0.0.1', port = 0): Promise<TestReceiver> {
    const receiver = new TestReceiver(certificate);
    receiver.#server.listen(port, host);
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The first request, also of those already there, that `match` takes. */
  async until(match: (request: Received) => boolean): Promise<Received> {
    for (;;) {
      const found = this.received.find(match);
      if (found !== undefined) return found;
      await once(this.#events, 'received');
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const received = { headers, body: Buffer.concat(chunks).toString() };
    this.received.push(received);
    response.on('error', () => undefined);
    this.answer(response, received);
    this.#events.emit('received');
  }
}
