import { describe, expect, it } from 'vitest';
import { JOB_KINDS, KINDS, WorkerInfo } from '#contract';
import { LIFETIMES, MAX_INDEX_ENTRIES } from './lifetimes.js';

const keptMs = JOB_KINDS.flatMap((kind) => Object.values(KINDS[kind].kept).map(({ ms }) => ms));

describe('Lifetimes', () => {
  it('keep the job of a result for longer than the result is promised, and its bytes for longer than the job', () => {
    expect(LIFETIMES.resultMs).toBeLessThan(KINDS.sampling.kept.completed.ms);
    expect(KINDS.sampling.kept.completed.ms).toBeLessThan(LIFETIMES.orphanMs);
  });

  it('keep what is known of a job for longer than any job', () => {
    for (const ms of keptMs) {
      expect(ms).toBeLessThan(LIFETIMES.ledgerMs);
      expect(ms).toBeLessThan(LIFETIMES.supersessionMs);
    }
    expect(LIFETIMES.indexMs).toBe(LIFETIMES.ledgerMs);
  });

  it('keep the events of a job no longer than what is known of it', () => {
    for (const kind of JOB_KINDS) expect(KINDS[kind].events.ms).toBeLessThan(LIFETIMES.ledgerMs);
  });

  it('keep uploaded bytes for as long as a repeat of their request may come', () => {
    expect(LIFETIMES.idempotencyMs).toBeLessThan(LIFETIMES.orphanMs);
  });

  it('take no worker for dead that missed one heartbeat, or two', () => {
    expect(3 * LIFETIMES.heartbeatEveryMs).toBeLessThanOrEqual(LIFETIMES.heartbeatMs);
    expect(WorkerInfo.shape.lastHeartbeatAt.description).toContain(`every ${LIFETIMES.heartbeatEveryMs / 1_000} s`);
  });

  it.each(JOB_KINDS)('list every job that waits or is kept: %s', (kind) => {
    const { completed, failed } = KINDS[kind].kept;
    expect(KINDS[kind].maxWaiting + completed.count + failed.count).toBeLessThan(MAX_INDEX_ENTRIES);
  });

  it.each(JOB_KINDS)('are whole seconds where Redis counts in seconds: %s', (kind) => {
    expect(KINDS[kind].events.ms % 1_000).toBe(0);
  });
});
