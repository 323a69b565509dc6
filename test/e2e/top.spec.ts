import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOB_KINDS } from '#contract';
import { PRIORITIES } from '#ddim';
import { PseudoTerminal, terminalAvailable } from './pseudo-terminal.js';

const none = { jobs: 0, oldestSeconds: null };
const ofEach = <Value>(names: readonly string[], value: Value) =>
  Object.fromEntries(names.map((name) => [name, value]));
const queue = { active: 0, delayed: 0, waiting: ofEach(PRIORITIES, none) };
const counts = { waiting: 0, active: 0, delayed: 0, paused: 0, succeeded: 0, failed: 0 };
const rates = { samplesPerSecond: 0, rowStepsPerSecond: 0, stepSeconds: null, rowsRunning: 0, rowsWaiting: 0 };

/** As much of a service as `stride top` looks at. */
class FakeService {
  readonly asked: string[] = [];
  readonly feeds: ServerResponse[] = [];
  readonly #server: Server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*/, '') ?? '';
    this.asked.push(path);
    if (path === '/v1/live') {
      this.feeds.push(response.writeHead(200, { 'Content-Type': 'text/event-stream' }));
      return this.say(1);
    }
    const stats = { ...rates, workers: 0, queues: ofEach(JOB_KINDS, counts) };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(path === '/v1/stats' ? stats : { items: [], nextCursor: null }));
  });

  async open(port = 0): Promise<number> {
    await once(this.#server.listen(port, '127.0.0.1'), 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close().closeAllConnections();
  }

  /** Sends word of so many rows that run. */
  say(rowsRunning: number): void {
    const live = { ...rates, at: new Date().toISOString(), rowsRunning, rowsPerStep: null, workersLive: 2 };
    const snapshot = { ...live, queues: ofEach(JOB_KINDS, queue), workers: null };
    this.feeds.at(-1)?.write(`event: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`);
  }
}

describe.skipIf(!terminalAvailable)('stride top', () => {
  let service: FakeService;
  let port: number;
  let terminal: PseudoTerminal;
  beforeEach(async () => {
    service = new FakeService();
    port = await service.open();
    terminal = new PseudoTerminal(['top', '--interval', '3600'], { STRIDE_URL: `http://127.0.0.1:${port}` });
  });
  afterEach(() => {
    terminal.kill();
    service.close();
  });

  it('follows the live feed, and waits for a service that is away with word of it', async () => {
    await terminal.shows(/2 workers · rows 1 running/);
    service.say(17);
    await terminal.shows(/rows 17 running/);
    expect(service.asked.filter((path) => path === '/v1/live')).toHaveLength(1);
    expect(service.asked.filter((path) => path === '/v1/stats')).toHaveLength(1);
    service.close();
    await terminal.shows(
      /cannot reach the service[^]*`stride up`[^]*What follows is of [^]* until it answers\.[^]*rows 17/,
    );
    await service.open(port);
    await terminal.shows(/sort: state[^a-z]*2 workers · rows 1 running/);
    terminal.press('q');
    expect(await terminal.exited).toBe(0);
  });
});
