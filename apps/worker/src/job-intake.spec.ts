import type { Worker as BullWorker } from 'bullmq';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WaitingJobs } from '#jobs';
import { JobIntake } from './job-intake.js';

afterEach(() => vi.useRealTimers());

describe('JobIntake', () => {
  it('lets fetches follow each other at once, however many wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); // nobody is woken by the time that passes
    const moveToActive = vi.fn(() => Promise.resolve([undefined]));
    const backend = { moveToActive, waitForJob: () => Promise.resolve(null) };
    const worker = { getBackend: () => backend, processJob: () => undefined, concurrency: 4, on: () => undefined };
    new JobIntake({ rowsWanted: 64 }, {} as WaitingJobs).govern(worker as unknown as BullWorker);
    const fetch = backend.moveToActive as (token: string) => Promise<unknown>;
    await Promise.all(['a', 'b', 'c', 'd'].map((token) => fetch(token)));
    expect(moveToActive).toHaveBeenCalledTimes(4);
  });
});
