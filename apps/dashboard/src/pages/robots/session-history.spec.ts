import { describe, expect, it } from 'vitest';
import { KEPT, SessionHistory, totalsOf } from './session-history.js';

const session = (id: string, plansPerSecond: number) => ({
  id,
  api: 'api-1',
  owner: 'default',
  model: 'tiny@1',
  protocol: 'openpi' as const,
  startedAt: '2026-11-30T00:00:00Z',
  steps: 10,
  fps: 20,
  observations: 9,
  planned: 3,
  superseded: 2,
  late: 1,
  refused: 1,
  overruns: 2,
  observationsPerSecond: 20,
  plansPerSecond,
  planSeconds: null,
  delaySteps: null,
  delayActions: null,
  seamJump: null,
});

describe('The history of sessions', () => {
  it('keeps the last looks at each, oldest first', () => {
    const history = new SessionHistory();
    for (let look = 0; look < KEPT + 5; look++) history.add([session('a', look)]);
    expect([history.of('a').length, history.of('a')[0], history.of('a').at(-1)]).toEqual([KEPT, 5, KEPT + 4]);
  });

  it('forgets a session that is gone', () => {
    const history = new SessionHistory();
    history.add([session('a', 1), session('b', 2)]);
    history.add([session('b', 3)]);
    expect([history.of('a'), history.of('b')]).toEqual([[], [2, 3]]);
  });
});

it('The totals are those of all sessions together', () => {
  expect(totalsOf([session('a', 1), session('b', 2)])).toEqual({
    plansPerSecond: 3,
    planned: 6,
    superseded: 4,
    late: 2,
    refused: 2,
    overruns: 4,
  });
});
