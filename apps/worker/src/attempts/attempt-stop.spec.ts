import { describe, expect, it } from 'vitest';
import { CancelledError } from '#ddim';
import { abortSignal, AttemptStop, workStop } from './attempt-stop.js';

describe('The stop of an attempt', () => {
  it('has the first reason, of which each listener that still listens hears once', () => {
    const stop = new AttemptStop();
    const heard: unknown[] = [];
    const gone = () => heard.push('gone');
    stop.addEventListener('abort', () => heard.push(stop.reason));
    stop.addEventListener('abort', gone);
    stop.removeEventListener('abort', gone);
    expect(() => stop.throwIfAborted()).not.toThrow();
    stop.abort('superseded');
    stop.abort('shutdown');
    expect([heard, stop.aborted, stop.reason]).toEqual([['superseded'], true, 'superseded']);
    expect(() => stop.throwIfAborted()).toThrow('superseded');
  });

  it.each([
    ['cancelled', 'cancelled'],
    ['superseded', 'superseded'],
    ['shutdown', 'shutdown'],
    ['paused', 'shutdown'],
    ['lock-lost', 'cancelled'],
  ])('for %s stops its work as %s, before and afterwards, and not the other way', (reason, expected) => {
    const stop = new AttemptStop();
    const [early, own] = [workStop(stop), workStop(stop)];
    own.abort(new CancelledError('cancelled'));
    expect(stop.aborted).toBe(false);
    stop.abort(reason);
    for (const work of [early, workStop(stop)]) expect(work.reason).toMatchObject({ reason: expected });
  });

  it('is an AbortSignal where one is needed', () => {
    const stop = new AttemptStop();
    const early = abortSignal(stop);
    stop.abort('why');
    for (const signal of [early, abortSignal(stop)]) expect([signal.aborted, signal.reason]).toEqual([true, 'why']);
  });
});
