import { Job, type Worker as BullWorker } from 'bullmq';
import type { TakenJob } from './waiting-jobs.js';

/** BullMQ's answers to a finish without the lock, or with another attempt's. */
const FENCE_CODES: ReadonlySet<unknown> = new Set([-2, -6]);

/** Whether an error says that a result came too late: another attempt held the lock. */
export function isFenced(error: Error): boolean {
  return 'code' in error && FENCE_CODES.has(error.code);
}

/** A pause after a fetch that has found nothing; undefined: until BullMQ says that a job has come. */
type Pause = () => Promise<null> | undefined;

/** What decides whether and when a worker fetches jobs. */
interface FetchRules {
  /** Fetches, or does without and answers undefined. */
  readonly around: <Fetched>(fetch: () => Promise<Fetched>) => Promise<Fetched | undefined>;
  readonly pause: Pause;
}

/** From now on the worker fetches by these rules; what comes along with the end of a job is not fetched. */
export function governFetches(worker: BullWorker, { around, pause }: FetchRules): void {
  const backend = worker.getBackend();
  const fetch = backend.moveToActive.bind(backend);
  backend.moveToActive = async (token, name) => (await around(() => fetch(token, name))) ?? [];
  governWaits(worker, pause);
}

/** What a worker is given when it asks for a job. */
interface Supply {
  /** The next job, or when one is due at the earliest, in ms since 1970; 0: nobody knows of one. */
  readonly next: (token: string) => Promise<TakenJob | number>;
  readonly pause: Pause;
}

/** From now on the worker gets its jobs from a supply: their locks may have other tokens than its own. */
export function supplyJobs(worker: BullWorker, { next, pause }: Supply): void {
  const backend = worker.getBackend();
  backend.moveToActive = async (token) => {
    const job = await next(token);
    return typeof job === 'number' ? [null, '', 0, job] : [job.json, job.json.id, 0, 0];
  };
  governWaits(worker, pause);
}

function governWaits(worker: BullWorker, pause: Pause): void {
  const backend = worker.getBackend();
  const wait = backend.waitForJob.bind(backend);
  backend.waitForJob = (seconds) => pause() ?? wait(seconds);
}

/** From now on it is recorded like this that a job has succeeded, and not by BullMQ. */
export function recordSuccesses(
  worker: BullWorker,
  record: (job: Job, value: string, token: string) => Promise<void>,
): void {
  worker.getBackend().moveToCompleted = async (job, returnValue, _kept, token) => {
    if (!(job instanceof Job)) throw new TypeError('a worker finishes jobs of its own');
    await record(job, JSON.stringify(returnValue) ?? 'null', token);
    return { result: undefined, finishedOn: Date.now() };
  };
}
