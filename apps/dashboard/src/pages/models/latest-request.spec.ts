import { describe, expect, it } from 'vitest';
import { LatestRequest } from './latest-request.js';

/** Runs that end when the test says so, and what became of each. */
function scene() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const aborted: string[] = [];
  const latest = new LatestRequest<string>((request, signal) => {
    begun.push(request);
    return new Promise((resolve) => {
      ends.set(request, resolve);
      signal.addEventListener('abort', () => {
        aborted.push(request);
        resolve();
      });
    });
  });
  const end = async (request: string) => {
    ends.get(request)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { latest, begun, aborted, end };
}

describe('Of many requests', () => {
  it('a newer one takes the place of the one under way', () => {
    const { latest, begun, aborted } = scene();
    latest.ask('first');
    latest.ask('second');
    expect([begun, aborted]).toEqual([['first', 'second'], ['first']]);
  });

  it('one that has taken a place keeps it, and then the newest runs', async () => {
    const { latest, begun, aborted, end } = scene();
    for (const request of ['first', 'second', 'third', 'fourth']) latest.ask(request);
    expect(begun).toEqual(['first', 'second']);
    await end('second');
    expect([begun, aborted]).toEqual([['first', 'second', 'fourth'], ['first']]);
  });

  it('none runs any more when all is closed', async () => {
    const { latest, begun, aborted, end } = scene();
    for (const request of ['first', 'second', 'third']) latest.ask(request);
    latest.close();
    await end('second');
    expect([begun, aborted]).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
  });
});
