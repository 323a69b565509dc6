const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface KindFacts {
  /** Ids are this, an underscore and a ULID. */
  readonly idPrefix: string;
  /** Its jobs are at `/v1/<route>`. */
  readonly route: string;
  readonly title: string;
  /** Further jobs are refused while more of them wait. */
  readonly maxWaiting: number;
  /** Of a job's data, as JSON. */
  readonly maxDataBytes: number;
  /** Jobs that a worker fetches in a row before one of them begins. */
  readonly concurrency: number;
  /** Whose lock was not renewed for so long is taken for dead, and the job runs elsewhere. */
  readonly lockMs: number;
  /**
   * How long jobs that have ended are kept, by BullMQ's word for their end, and the newest how many of them.
   * By age because clients are promised a time, and by count because BullMQ's ages follow the clock of
   * whichever worker finishes a job.
   */
  readonly kept: Readonly<Record<'completed' | 'failed', { readonly ms: number; readonly count: number }>>;
  /** The newest how many events of a job are kept, and for how long after the last one. */
  readonly events: { readonly maxLength: number; readonly ms: number };
  /**
   * Another worker goes on from where one has stopped, so that a worker that ends gives its jobs back at
   * once.
   */
  readonly hasCheckpoints: boolean;
}

/** Everything in which one kind of job differs from another; each has a queue that bears its name. */
export const KINDS = {
  sampling: {
    idPrefix: 'smp',
    route: 'sampling-jobs',
    title: 'Sampling jobs',
    maxWaiting: 100_000,
    maxDataBytes: 65_536,
    concurrency: 4, // how many a worker holds is up to its intake
    lockMs: 15_000,
    kept: {
      // One hour is promised for results; a second one forgives a clock that is set.
      completed: { ms: 2 * HOUR_MS, count: 20_000 },
      failed: { ms: 7 * DAY_MS, count: 20_000 },
    },
    events: { maxLength: 2_000, ms: 2 * MINUTE_MS }, // a day of them at 500 jobs/s would be 43 million keys
    hasCheckpoints: false,
  },
  training: {
    idPrefix: 'trn',
    route: 'training-jobs',
    title: 'Training jobs',
    maxWaiting: 1_000,
    maxDataBytes: 4 * 65_536, // room for 10,000 betas; there are never many training jobs
    concurrency: 1,
    lockMs: 30_000,
    kept: {
      completed: { ms: 7 * DAY_MS, count: 5_000 },
      failed: { ms: 7 * DAY_MS, count: 20_000 },
    },
    // also the history of its metrics, which is looked at for days
    events: { maxLength: 20_000, ms: 7 * DAY_MS },
    hasCheckpoints: true,
  },
} as const satisfies Readonly<Record<string, KindFacts>>;

export type JobKind = keyof typeof KINDS;

export const JOB_KINDS = Object.keys(KINDS) as readonly JobKind[];

/** A value for each kind. */
export function ofEachKind<Value>(valueOf: (kind: JobKind) => Value): Readonly<Record<JobKind, Value>> {
  return Object.fromEntries(JOB_KINDS.map((kind) => [kind, valueOf(kind)])) as Record<JobKind, Value>;
}

/** The answer for each kind, all of them asked at once. */
export async function askEachKind<Value>(
  ask: (kind: JobKind) => Promise<Value>,
): Promise<Readonly<Record<JobKind, Value>>> {
  const values = await Promise.all(JOB_KINDS.map(async (kind) => [kind, await ask(kind)] as const));
  return Object.fromEntries(values) as Record<JobKind, Value>;
}

/** Path of the jobs of a kind. */
export function jobsPath(kind: JobKind): string {
  return `/v1/${KINDS[kind].route}`;
}
