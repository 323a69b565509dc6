import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HttpProblem } from './problem.js';
import { RequestGate } from './request-gate.js';

function response(): ServerResponse {
  return Object.assign(new EventEmitter(), { destroyed: false }) as unknown as ServerResponse;
}

/** What the gate says to a request, within this turn of the event loop. */
function arrive(gate: RequestGate, answer: ServerResponse, { url = '/v1/models', headers = {} } = {}): string {
  let outcome = 'waits';
  gate.admit()({ url, headers } as IncomingMessage, answer, (error) => {
    outcome = error === undefined ? 'passes' : error instanceof HttpProblem ? error.code : 'fails';
  });
  return outcome;
}

function filled(): { gate: RequestGate; answers: ServerResponse[] } {
  const gate = new RequestGate();
  const answers = Array.from({ length: 1_000 }, response);
  for (const answer of answers) gate.enter(answer, 0);
  return { gate, answers };
}

describe('RequestGate', () => {
  it('refuses what comes while there is enough to do, until something is done', () => {
    const { gate, answers } = filled();
    expect(arrive(gate, response())).toBe('overloaded');
    expect(arrive(gate, response(), { headers: { 'content-length': '9' } })).toBe('overloaded');
    expect(() => gate.enter(response(), 1)).toThrow(expect.objectContaining({ status: 503 }));
    answers[0]?.emit('close');
    expect(arrive(gate, response())).toBe('passes');
    expect(arrive(gate, response())).toBe('overloaded');
  });

  it('takes no more than that of what comes at once, and refuses the rest in its turn', async () => {
    const gate = new RequestGate();
    const outcomes: string[] = [];
    const headers = { 'content-length': '9' };
    for (let i = 0; i < 1_500; i++)
      gate.admit()({ url: '/v1/models', headers } as IncomingMessage, response(), (error) => {
        outcomes.push(error === undefined ? 'passes' : 'is refused');
      });
    expect(outcomes).toHaveLength(4);
    while (outcomes.length < 1_500) await setImmediate();
    // the first 4 were begun at once, and waited for nothing
    expect(outcomes.lastIndexOf('passes')).toBe(1_003);
    expect(outcomes.indexOf('is refused')).toBe(1_004);
  });

  it('begins nothing for a client that has gone while it waited, and forgets it', async () => {
    const gate = new RequestGate();
    const gone = Object.assign(response(), { destroyed: true });
    for (let i = 0; i < 4; i++) arrive(gate, response());
    expect(arrive(gate, gone)).toBe('waits');
    await setImmediate();
    for (let i = 0; i < 996; i++) gate.enter(response(), 0);
    expect(() => gate.enter(response(), 0)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  });

  it('does not count a body that arrives, nor a request that only waits', async () => {
    const { gate } = filled();
    const awake = gate.sleep();
    for (let i = 0; i < 2_000; i++) {
      expect(arrive(gate, response(), { headers: { 'transfer-encoding': 'chunked' } })).toBe('passes');
      if (i % 4 === 3) await setImmediate();
    }
    awake();
    expect(arrive(gate, response())).toBe('overloaded');
  });

  it('always answers supervisors', () => {
    const { gate } = filled();
    expect(['/health/live', '/health/ready', '/metrics'].map((url) => arrive(gate, response(), { url }))).toEqual(
      Array.from({ length: 3 }, () => 'passes'),
    );
    expect(arrive(gate, response(), { url: '/metricsx' })).toBe('overloaded');
  });

  it('counts large bodies as more work, and lets one in when there is nothing else', () => {
    const gate = new RequestGate();
    const answers = Array.from({ length: 16 }, response);
    for (const answer of answers) gate.enter(answer, 1_024 * 1_024);
    expect(() => gate.enter(response(), 0)).toThrow(expect.objectContaining({ code: 'overloaded' }));
    for (const answer of answers) answer.emit('close');
    gate.enter(response(), 0);
  });

  it('forgets an answer that was cut off before its body had come', () => {
    const gate = new RequestGate();
    const gone = Object.assign(response(), { destroyed: true });
    for (let i = 0; i < 2_000; i++) gate.enter(gone, 0);
    expect(arrive(gate, response())).toBe('passes');
  });

  it('asks clients to come back at different times', () => {
    const { gate } = filled();
    const times = new Set(
      Array.from({ length: 200 }, () => {
        try {
          gate.enter(response(), 0);
        } catch (error) {
          return error instanceof Error && 'headers' in error ? JSON.stringify(error.headers) : '';
        }
        return '';
      }),
    );
    expect([...times].sort()).toEqual([1, 2, 3, 4].map((seconds) => `{"Retry-After":"${seconds}"}`));
  });
});
