import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpSender } from './http-sender.js';
import { JobMix } from './job-mix.js';
import { type Load, runArrivals, runClients } from './load.js';
import { keepsLimit } from './load-summary.js';

/** A service whose answers the test decides. */
class Service {
  readonly bodies: unknown[] = [];
  mostAtOnce = 0;
  readonly connections = new Set<unknown>();
  #open = 0;
  readonly #server: Server;

  constructor(answer: (response: ServerResponse, index: number) => void) {
    const listener: RequestListener = (request, response) => {
      this.connections.add(request.socket);
      this.#open += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#open);
      response.on('finish', () => (this.#open -= 1));
      void readBody(request).then((body) => answer(response, this.bodies.push(body) - 1));
    };
    this.#server = createServer(listener);
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

const succeed = (response: ServerResponse): void => {
  response.end('{"result":{"data":[[1.5]]},"status":"succeeded"}');
};

describe('load', () => {
  const opened: { stop?: () => void; close?: () => void }[] = [];
  afterEach(() => {
    for (const { stop, close } of opened.splice(0)) (stop ?? close)?.();
  });

  async function load(service: Service, times: { warmUpMs: number; durationMs: number }): Promise<Load> {
    const mix = new JobMix([{ rows: 2, steps: 10, weight: 1 }], 1);
    const target = { baseUrl: await service.start(), model: 'tiny', obsSize: 3, seed: 1 };
    const sender = new HttpSender(mix.sizes, target);
    opened.push({ stop: () => service.stop() }, { close: () => sender.close() });
    return { sender, mix, ...times };
  }

  it('of clients is one job per client at a time, over one connection each', async () => {
    const first: ServerResponse[] = [];
    const service = new Service((response, index) => {
      if (index > 2) return succeed(response);
      first.push(response);
      // comes only if all three do not wait for each other
      if (index === 2) for (const held of first) succeed(held);
    });
    const { jobs } = await runClients(await load(service, { warmUpMs: 0, durationMs: 200 }), 3);
    expect(service.mostAtOnce).toBe(3);
    expect(service.connections.size).toBe(3);
    expect(jobs.length).toBe(service.bodies.length);
    expect(jobs.every(({ error }) => error === undefined)).toBe(true);
    expect(service.bodies[0]).toMatchObject({ model: 'tiny', numInferenceSteps: 10, observations: { shape: [2, 3] } });
  });

  it('of arrivals does not wait for answers, and charges a stall to every job that was due meanwhile', async () => {
    const stalled: ServerResponse[] = [];
    const service = new Service((response, index) => {
      stalled.push(response);
      if (index === 9) for (const late of stalled) succeed(late);
    });
    const arrivals = Array.from({ length: 10 }, (_, i) => i * 20);
    const { jobs, from } = await runArrivals(await load(service, { warmUpMs: 0, durationMs: 1_000 }), arrivals);
    expect(jobs).toHaveLength(10);
    const ordered = jobs.toSorted((left, right) => left.dueAt - right.dueAt);
    for (const [i, { dueAt, endedAt }] of ordered.entries()) {
      expect(dueAt - from).toBeCloseTo(i * 20);
      expect(endedAt - dueAt).toBeGreaterThanOrEqual((9 - i) * 20);
    }
  });

  it('of arrivals gives up as soon as a latency limit is lost', async () => {
    const service = new Service((response, index) => {
      if (index === 0) setTimeout(() => succeed(response), 200);
      else succeed(response);
    });
    const limit = { percent: 99, ms: 50 };
    // 99 jobs: not one of them may be late.
    const arrivals = Array.from({ length: 99 }, (_, i) => i * 20);
    const run = await runArrivals(await load(service, { warmUpMs: 0, durationMs: 2_000 }), arrivals, limit);
    expect(run.gaveUp).toBe(true);
    expect(run.jobs.length).toBeLessThan(99);
    expect(keepsLimit(run, limit)).toBe(false);
  });

  it.each([
    [200, '{"error":{"code":"deadline_exceeded"},"status":"failed"}', 'deadline_exceeded'],
    [200, '{"error":null,"status":"cancelled"}', 'cancelled'],
    [202, '{"error":null,"status":"running"}', 'not_finished'],
    [503, '{"code":"queue_full","status":503}', 'queue_full'],
    [502, '<html>bad gateway</html>', 'http_502'],
  ])('counts an answer of %i %s as %s', async (status, body, code) => {
    const service = new Service((response) => response.writeHead(status).end(body));
    const { sender } = await load(service, { warmUpMs: 0, durationMs: 1 });
    expect(await sender.run(0, 0)).toBe(code);
  });

  it('counts a connection that breaks, and one that cannot be made', async () => {
    const service = new Service((response) => response.destroy());
    const { sender } = await load(service, { warmUpMs: 0, durationMs: 1 });
    expect(await sender.run(0, 0)).toBe('ECONNRESET');
    service.stop();
    expect(await sender.run(0, 0)).toBe('ECONNREFUSED');
  });
});
