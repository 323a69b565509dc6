import { Job, type Worker as BullWorker } from 'bullmq';

/** BullMQ's answers to a finish without the lock, or with another attempt's. */
const FENCE_CODES: ReadonlySet<unknown> = new Set([-2, -6]);

/** Whether an error says that a result came too late: another attempt held the lock. */
export function isFenced(error: Error): boolean {
  return 'code' in error && FENCE_CODES.has(error.code);
}

/** What decides whether and when a worker fetches jobs. */
interface FetchRules {
  /** Fetches, or does without and answers undefined. */
  readonly around: <Fetched>(fetch: () => Promise<Fetched>) => Promise<Fetched | undefined>;
  /** A pause after a fetch that has found nothing; undefined: until BullMQ says that a job has come. */
  readonly pause: () => Promise<null> | undefined;
}

/** From now on the worker fetches by these rules; what comes along with the end of a job is not fetched. */
export function governFetches(worker: BullWorker, { around, pause }: FetchRules): void {
  const backend = worker.getBackend();
  const fetch = backend.moveToActive.bind(backend);
  const wait = backend.waitForJob.bind(backend);
  backend.moveToActive = async (token, name) => (await around(() => fetch(token, name))) ?? [];
  backend.waitForJob = (seconds) => pause() ?? wait(seconds);
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
