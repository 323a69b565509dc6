import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent } from '#contract';

const opened: FakeSource[] = [];

/** The part of a browser's EventSource that pages use; the test plays the server. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 1;

  constructor(readonly url: URL) {
    super();
    opened.push(this);
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }

  tell(id: string, type: JobEvent['type']): void {
    if (this.readyState === FakeSource.CLOSED) throw new Error('nobody listens');
    this.dispatchEvent(new MessageEvent(type, { lastEventId: id, data: JSON.stringify({ type }) }));
  }

  refuse(): void {
    this.close();
    this.dispatchEvent(new Event('error'));
  }
}

describe('The events of a job on a page', () => {
  let seen: string[];
  let ending: AbortController;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.stubGlobal('document', { baseURI: 'http://stride.test/' });
    vi.stubGlobal('EventSource', FakeSource);
    opened.length = 0;
    seen = [];
    ending = new AbortController();
    const { watchJob } = await import('./job-events.js');
    watchJob('v1/training-jobs/trn_1', ({ type }) => seen.push(type), ending.signal);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('come once each, also from a stream that begins anew', () => {
    const [source] = opened;
    expect(source.url.href).toBe('http://stride.test/v1/training-jobs/trn_1/events');
    source.tell('1', 'queued');
    source.tell('2', 'started');
    for (const [id, type] of [
      ['1', 'queued'],
      ['2', 'started'],
      ['3', 'metrics'],
    ] as const)
      source.tell(id, type);
    expect(seen).toEqual(['queued', 'started', 'metrics']);
  });

  it('end with the last one, which nothing follows', () => {
    opened[0].tell('1', 'failed');
    expect(opened[0].readyState).toBe(FakeSource.CLOSED);
    vi.runAllTimers();
    expect(opened).toHaveLength(1);
  });

  it('go on after a refusal, without those that were seen', () => {
    opened[0].tell('1', 'queued');
    opened[0].refuse();
    vi.runAllTimers();
    expect(opened).toHaveLength(2);
    opened[1].tell('1', 'queued');
    opened[1].tell('2', 'started');
    expect(seen).toEqual(['queued', 'started']);
  });

  it('stop for a page that is left', () => {
    ending.abort();
    expect(opened[0].readyState).toBe(FakeSource.CLOSED);
  });

  it('stop for a page that is left while it waits for its turn to ask again', () => {
    opened[0].refuse();
    ending.abort();
    vi.runAllTimers();
    expect(opened).toHaveLength(1);
  });
});
