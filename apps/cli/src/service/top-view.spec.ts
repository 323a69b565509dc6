import { describe, expect, it } from 'vitest';
import type { Job } from '../jobs/follow-job.js';
import type { SystemSnapshot } from './system-snapshot.js';
import { JOB_ORDERS, renderSystem } from './top-view.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const counts = { waiting: 3, active: 2, delayed: 0, paused: 4, succeeded: 12_345, failed: 1 };

/** A job that was submitted so many minutes ago. */
function job(id: string, status: Job['status'], minutes: number, completedSteps: number): Job {
  return {
    id,
    status,
    model: { name: 'robot', version: 1 },
    createdAt: new Date(NOW - minutes * 60_000).toISOString(),
    progress: { completedRows: null, totalRows: null, completedSteps, totalSteps: 100 },
    estimatedSecondsLeft: status === 'running' ? 90 : null,
    worker: null,
  } as Job;
}

const system: SystemSnapshot = {
  stats: {
    queues: { sampling: counts, training: counts },
    workers: 1,
    rowsRunning: 64,
    rowsWaiting: 8,
    samplesPerSecond: 12.34,
    rowStepsPerSecond: 617,
    stepSeconds: { p50: 0.001, p95: 0.002, p99: 0.003 },
  },
  workers: [],
  jobs: [job('smp_old', 'succeeded', 3, 100), job('trn_run', 'running', 2, 40), job('smp_new', 'queued', 1, 0)],
};
const view = { order: 'state', rows: 100, now: NOW } as const;

describe('renderSystem', () => {
  it('says load and speed with their units', () => {
    expect(renderSystem(system, view)[0]).toBe(
      '1 worker · rows 64 running, 8 waiting · 12.3 samples/s · 617 row-steps/s · step p50 1.00 ms, p95 2.00 ms, p99 3.00 ms',
    );
    expect(renderSystem(system, view).join('\n')).toMatch(/sampling +3 +2 +0 +4 +12,345 +1/);
  });

  it('shows of a job its progress, the time that is left, and its age', () => {
    expect(renderSystem(system, view).find((line) => line.startsWith('trn_run'))).toMatch(
      /^trn_run +running +robot@1 +40 % +1 min 30 s +2 min 0 s$/,
    );
  });

  it.each([
    ['state', ['trn_run', 'smp_new', 'smp_old']],
    ['age', ['smp_new', 'trn_run', 'smp_old']],
    ['progress', ['smp_old', 'trn_run', 'smp_new']],
  ] as const)('orders jobs by %s', (order, ids) => {
    const lines = renderSystem(system, { ...view, order });
    expect(lines.map((line) => line.slice(0, 7)).filter((id) => /^(?:smp|trn)_/.test(id))).toEqual(ids);
    expect(JOB_ORDERS).toContain(order);
  });

  it.each([0, 5, 12, 13])('has at most %i lines where the screen has no more', (rows) => {
    expect(renderSystem(system, { ...view, rows }).length).toBeLessThanOrEqual(rows);
  });

  it('says which key sees the workers, and which command makes the first job', () => {
    const lines = renderSystem({ ...system, workers: undefined, jobs: [] }, view).join('\n');
    expect(lines).toContain('a key with the scope admin sees them');
    expect(lines).toContain('stride sample --model NAME');
  });
});
