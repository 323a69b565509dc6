import { describe, expect, it } from 'vitest';
import { CallsOfATurn } from './calls-of-a-turn.js';

function recorder(answer: (call: number) => number | Error = (call) => call * 10) {
  const sent: number[][] = [];
  const calls = new CallsOfATurn<number, number>((together) => {
    sent.push([...together]);
    return Promise.resolve(together.map(answer));
  }, 3);
  return { sent, calls };
}

describe('CallsOfATurn', () => {
  it('makes the calls of one turn together, in order, so many at once', async () => {
    const { sent, calls } = recorder();
    expect(await Promise.all([1, 2, 3, 4].map((call) => calls.make(call)))).toEqual([10, 20, 30, 40]);
    expect(await calls.make(5)).toBe(50);
    expect(sent).toEqual([[1, 2, 3], [4], [5]]);
  });

  it('makes those that must not be late before the turn is over', async () => {
    const sent: number[][] = [];
    const send = (calls: readonly number[]) => {
      sent.push([...calls]);
      return Promise.resolve(calls);
    };
    const calls = new CallsOfATurn<number, number>(send, 3, queueMicrotask);
    const made = [1, 2].map((call) => calls.make(call));
    await Promise.resolve();
    expect(sent).toEqual([[1, 2]]);
    await Promise.all(made);
  });

  it('gives each call its own error', async () => {
    const { calls } = recorder((call) => (call === 2 ? new Error('two') : call));
    const outcomes = await Promise.allSettled([1, 2, 3].map((call) => calls.make(call)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('gives all of a sending the error of the sending', async () => {
    const calls = new CallsOfATurn<number, number>(() => Promise.reject(new Error('away')), 10);
    const outcomes = await Promise.allSettled([1, 2].map((call) => calls.make(call)));
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : ''))).toEqual([
      'Error: away',
      'Error: away',
    ]);
  });
});
