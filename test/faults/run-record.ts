/** How a job has ended, as the API shows it. */
export interface JobEnd {
  readonly status: string;
  /** Of the error of a job that failed or was cancelled. */
  readonly code: string | null;
  readonly sha256: string | null;
  readonly finishedAt: string | null;
  readonly attempts: number;
}

/** An attempt that a worker has published; milliseconds by Redis' clock. */
export interface SeenAttempt {
  readonly attempt: number;
  /** Of its worker. */
  readonly pid: number;
  readonly startedAt: number;
}

/** A job that the producer was acknowledged. */
export interface SeenJob {
  readonly id: string;
  /** Which of the run's requests it is. */
  readonly request: number;
  /** What was answered to a cancel of it; absent: none was asked for, or the answer is not known. */
  cancelAnswer?: number;
  attempts: readonly SeenAttempt[];
  /** Types of the events from the first final one on. */
  ending: readonly string[];
  /** When its end was seen first. */
  firstEnd?: JobEnd;
  /** After everything. */
  lastEnd?: JobEnd;
  /** Of the bytes of its result, after everything. */
  resultSha256?: string;
}

/** Jobs of one worker. */
export interface HeldJobs {
  /** Their start was published. */
  readonly started: number;
  /** Those of them for which native code had worked. */
  readonly begun: number;
}

/** A fault that came, and when it was over; milliseconds by this machine's clock, which is Redis' too. */
export interface StruckFault {
  readonly fault: string;
  readonly hit: Hit;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The process id of a worker; every worker, as when Redis is gone; or none of them. */
export type Hit = number | 'all' | 'none';

/** What processes hold while nothing is under way. */
export interface Holdings {
  readonly apiFiles: number;
  readonly redisClients: number;
  readonly temporaryFiles: number;
}

/** Everything that the checker is shown of a run. */
export interface RunRecord {
  /** By id. */
  readonly jobs: ReadonlyMap<string, SeenJob>;
  /** The ids that answers to one Idempotency-Key gave, by key. */
  readonly idsOfKeys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Answers by status, and as `503 without Retry-After`. */
  readonly answers: ReadonlyMap<string, number>;
  /** SHA-256 of each request's result in an undisturbed run. */
  readonly expected: readonly string[];
  /** Ids of all jobs that the API lists at the end. */
  readonly listed: readonly string[];
  /** Jobs that Redis holds in a state that is not final, after everything. */
  readonly left: number;
  readonly struck: readonly StruckFault[];
  readonly before: Holdings;
  readonly after: Holdings;
}
