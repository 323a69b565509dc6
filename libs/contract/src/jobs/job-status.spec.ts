import { describe, expect, it } from 'vitest';
import { jobStatus, type CancelRecord } from './job-status.js';

const cancelledDuring = (attempt: number): CancelRecord => ({ at: 0, attempt, reason: 'cancelled' });

const plain = { attempts: 1, cancel: undefined, pausedAt: undefined };

describe('the status of a job', () => {
  it.each([
    ['waiting', 'queued'],
    ['prioritized', 'queued'],
    ['delayed', 'queued'],
    ['waiting-children', 'queued'],
    ['active', 'running'],
    ['completed', 'succeeded'],
    ['failed', 'failed'],
  ])('of state %s is %s while nobody cancels it', (state, status) => {
    expect(jobStatus({ state, ...plain })).toBe(status);
  });

  it.each(['waiting', 'prioritized', 'delayed', 'completed', 'failed'])('is cancelled at once in state %s', (state) => {
    expect(jobStatus({ state, ...plain, cancel: cancelledDuring(1) })).toBe('cancelled');
  });

  it('stays running until the attempt that was cancelled lets go, and never runs again', () => {
    expect(jobStatus({ state: 'active', attempts: 2, cancel: cancelledDuring(2), pausedAt: 1 })).toBe('running');
    expect(jobStatus({ state: 'active', attempts: 3, cancel: cancelledDuring(2), pausedAt: 1 })).toBe('cancelled');
  });

  it.each([
    ['waiting', 'paused'],
    ['delayed', 'paused'],
    ['active', 'running'],
    ['completed', 'succeeded'],
    ['failed', 'failed'],
  ])('of state %s is %s once its pause was accepted, and cancelled after a cancel', (state, status) => {
    expect(jobStatus({ state, ...plain, pausedAt: 1 })).toBe(status);
    if (state !== 'active')
      expect(jobStatus({ state, ...plain, pausedAt: 1, cancel: cancelledDuring(1) })).toBe('cancelled');
  });
});
