import { describe, expect, it } from 'vitest';
import { jobStatus, type CancelRecord } from './job-status.js';

const cancelledDuring = (attempt: number): CancelRecord => ({ at: 0, attempt, reason: 'cancelled' });

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
    expect(jobStatus(state, 1, undefined)).toBe(status);
  });

  it.each(['waiting', 'prioritized', 'delayed', 'completed', 'failed'])('is cancelled at once in state %s', (state) => {
    expect(jobStatus(state, 1, cancelledDuring(1))).toBe('cancelled');
  });

  it('stays running until the attempt that was cancelled lets go, and never runs again', () => {
    expect(jobStatus('active', 2, cancelledDuring(2))).toBe('running');
    expect(jobStatus('active', 3, cancelledDuring(2))).toBe('cancelled');
  });
});
