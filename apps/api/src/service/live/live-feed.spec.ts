import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QueueUnavailableError } from '#queue';
import { HttpProblem } from '../../http/problem.js';
import { RequestGate } from '../../http/request-gate.js';
import { LiveFeed } from './live-feed.js';
import type { LiveSnapshots } from './live-snapshots.js';

/** What one client was sent; only what a stream of events needs of a response. */
class Client extends EventEmitter {
  readonly sent: string[] = [];
  readonly destroyed = false;
  readonly writableLength = 0;
  writableEnded = false;
  writeHead(): void {}
  flushHeaders(): void {}
  write(text: string): void {
    this.sent.push(text);
  }
  end(text: string): void {
    this.sent.push(text);
    this.writableEnded = true;
  }
  get types(): string[] {
    return this.sent.flatMap((text) => /^event: (\w+)/.exec(text)?.[1] ?? []);
  }
}

describe('The live feed', () => {
  let feed: LiveFeed;
  let numTaken: number;
  const take = vi.fn<() => Promise<unknown>>();
  const may = () => Promise.resolve();
  beforeEach(() => {
    vi.useFakeTimers();
    numTaken = 0;
    take.mockReset().mockImplementation(() => {
      numTaken += 1;
      return Promise.resolve({ at: String(numTaken), workers: ['w1'] });
    });
    feed = new LiveFeed({ take } as unknown as LiveSnapshots, new RequestGate());
  });
  afterEach(() => vi.useRealTimers());

  const watch = (watcher: Partial<Parameters<LiveFeed['watch']>[0]> = {}): Client => {
    const client = new Client();
    feed.watch({ seesWorkers: true, check: may, ...watcher }, client as unknown as ServerResponse);
    return client;
  };
  const seconds = (number: number) => vi.advanceTimersByTimeAsync(1_000 * number);

  it('takes one snapshot a second, however many watch, and none while nobody does', async () => {
    const clients = Array.from({ length: 50 }, () => watch());
    await seconds(2.5);
    expect(take).toHaveBeenCalledTimes(3);
    for (const { types } of clients) expect(types).toEqual(['snapshot', 'snapshot', 'snapshot']);
    for (const client of clients) client.emit('close');
    await seconds(60);
    expect(take).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shows who comes later the newest one at once, and takes none for them', async () => {
    watch();
    await seconds(1.5);
    const late = watch();
    expect(late.sent[0]).toContain('"at":"2"');
    expect(take).toHaveBeenCalledTimes(2);
  });

  it('goes on once a second when the last one leaves while a snapshot is taken and another comes', async () => {
    let arrive: (snapshot: unknown) => void = () => undefined;
    take.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
    const first = watch();
    await seconds(0.1);
    first.emit('close');
    const second = watch();
    arrive({ at: 'old', workers: [] });
    await seconds(2.5);
    expect(second.sent.join('')).not.toContain('old');
    expect(second.types).toHaveLength(3);
  });

  it('shows workers only to those who may know of them', async () => {
    const [admin, reader] = [watch(), watch({ seesWorkers: false })];
    await seconds(0.5);
    expect(admin.sent[0]).toContain('"workers":["w1"]');
    expect(reader.sent[0]).toContain('"workers":null');
  });

  it('says so while the queue cannot be read, and goes on', async () => {
    take.mockRejectedValueOnce(new QueueUnavailableError());
    const client = watch();
    await seconds(1.5);
    expect(client.types).toEqual(['unavailable', 'snapshot']);
    expect(client.sent[0]).toContain('"code":"queue_unavailable"');
  });

  it('sends away whose key is revoked meanwhile, and nobody because Redis is away', async () => {
    const revoked = watch({ check: () => Promise.reject(new HttpProblem('key_revoked', 'this key was revoked')) });
    const other = watch({ check: () => Promise.reject(new QueueUnavailableError()) });
    await seconds(10);
    expect(revoked.types.at(-1)).toBe('refused');
    expect([revoked.writableEnded, other.writableEnded]).toEqual([true, false]);
  });
});
