import { Job, type Worker as BullWorker } from 'bullmq';

/** BullMQ's answers to a finish without the lock, or with another attempt's. */
const FENCE_CODES: ReadonlySet<unknown> = new Set([-2, -6]);

/** Whether an error says that a result came too late: another attempt held the lock. */
export function isFenced(error: Error): boolean {
  return 'code' in error && FENCE_CODES.has(error.code);
}

/** Awaits `beforeFetch` before the worker fetches a job, and lets none come along with the end of another. */
export function governFetches(worker: BullWorker, beforeFetch: () => Promise<unknown>): void {
  const backend = worker.getBackend();
  const fetch = backend.moveToActive.bind(backend);
  const process = worker.processJob.bind(worker);
  backend.moveToActive = async (token, name) => {
    await beforeFetch();
    return fetch(token, name);
  };
  worker.processJob = (job, token) => process(job, token, () => false);
}

/**
 * Calls `onSent` behind the command that records the success of a job, and not only once BullMQ has its
 * answer: what is sent then through the same connection goes out in one write with it.
 */
export function onSuccessSent(worker: BullWorker, onSent: (job: Job, sent: Promise<unknown>) => void): void {
  const backend = worker.getBackend();
  const record = backend.moveToCompleted.bind(backend);
  backend.moveToCompleted = (job, ...rest) => {
    const recorded = record(job, ...rest);
    // what the record is sent with, as soon as it is there
    if (job instanceof Job) onSent(job, backend.client);
    return recorded;
  };
}
