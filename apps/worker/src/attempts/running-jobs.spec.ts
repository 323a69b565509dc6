import type { Job, Worker } from 'bullmq';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { QueueShard, Shards, type JobCancellation } from '#queue';
import { AttemptStop } from './attempt-stop.js';
import { RunningJobs } from './running-jobs.js';

type Listener = Parameters<JobCancellation['subscribe']>[0];

describe('The jobs that run here', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** What runs, how to cancel a job by message, and what was stopped. */
  async function listening() {
    let listener: Listener | undefined;
    const shard = {
      cancellation: {
        subscribe: (own: Listener) => Promise.resolve((listener = own)),
        readFlags: () => Promise.resolve(new Map()),
      },
      pauses: { subscribe: () => Promise.resolve(), requested: () => Promise.resolve([]) },
    } as unknown as QueueShard;
    const running = new RunningJobs(new Shards(1, () => shard));
    await running.listen();
    const stopped: unknown[] = [];
    const worker = {
      opts: { lockDuration: 30_000 },
      extendJobLocks: () => Promise.resolve([]),
    } as unknown as Worker;
    const jobs = new Map<string, Job>();
    const end = (id: string) => running.delete(jobs.get(id) as Job);
    const add = (id: string) => {
      const job = { id } as Job;
      jobs.set(id, job);
      const stop = new AttemptStop();
      stop.addEventListener('abort', () => stopped.push([id, stop.reason]));
      running.add({ kind: 'sampling', worker, job, token: 't', stop });
    };
    return {
      running,
      worker,
      add,
      end,
      stopped,
      cancel: (jobId: string) => listener?.onCancel({ jobId, reason: 'superseded' }),
    };
  }

  it('are stopped by a cancellation, also one that was heard while they were being taken', async () => {
    const { add, stopped, cancel } = await listening();
    add('here');
    cancel('here');
    cancel('comes');
    add('comes');
    add('other');
    expect(stopped).toEqual([
      ['here', 'superseded'],
      ['comes', 'superseded'],
    ]);
  });

  it('are all known, however many have come and gone meanwhile', async () => {
    const { running, add, end, stopped, cancel } = await listening();
    add('long');
    for (let i = 0; i < 500; i++) {
      add(`short-${i}`);
      if (i > 0) end(`short-${i - 1}`);
    }
    expect(running.size).toBe(2);
    for (const id of ['long', 'short-498', 'short-499']) cancel(id);
    expect(stopped).toEqual([
      ['long', 'superseded'],
      ['short-499', 'superseded'],
    ]);
  });

  it('remember no cancellations of jobs that run elsewhere', async () => {
    vi.useFakeTimers();
    const { running, worker, add, stopped, cancel } = await listening();
    running.watch(worker);
    cancel('elsewhere');
    await vi.advanceTimersByTimeAsync(30_000);
    add('elsewhere');
    running.close();
    expect(stopped).toEqual([]);
  });
});
