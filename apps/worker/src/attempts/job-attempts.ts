import { Inject, Injectable, Logger } from '@nestjs/common';
import { CancelledError, DdimError, type Warning } from '#ddim';
import { Shards, type QueueShard, type StartVerdict } from '#queue';
import type { JobAttempt } from '#contract';
import { ArtifactMissingError } from '#storage';
import { AttemptStop, workStop } from './attempt-stop.js';
import {
  attemptEnd,
  AttemptOverError,
  finishAttempt,
  JobPausedError,
  type AttemptEnd,
  type SettledEnd,
} from './job-failure.js';
import { Pauses } from './pauses.js';
import { ProcessEnd } from '../process/process-end.js';
import { queuedMs } from './queued-ms.js';
import { RunningJobs, type RunningJob } from './running-jobs.js';
import { StoreHealth } from '../process/store-health.js';
import { WorkerIdentity } from '../process/worker-identity.js';

/** Waits of 1, 2, 4 ... 32 s between them. */
const MAX_STORE_FAULTS = 7;

/** Those that are nobody's fault. */
const EXPECTED_ENDS: ReadonlySet<SettledEnd['kind']> = new Set(['cancelled', 'handed-over', 'paused']);

/** One attempt of a job as its processor got it. */
interface AttemptContext extends Omit<RunningJob, 'stop'> {
  readonly jobId: string;
  /** Of the job's data, published with its start. */
  readonly warnings: Warning[];
  /** What was said when the job was taken, if that has published its start. */
  readonly verdict?: StartVerdict | undefined;
}

/** What the work of an attempt gets. */
export interface AttemptTerms {
  /**
   * The job must run alone, because it was there when workers died: call when nothing else is there, and wait
   * before the first step.
   */
  readonly solo: (() => Promise<void>) | undefined;
  /**
   * The records agree that the job runs, and its start is published. Until then it may begin, but nothing of
   * it may be published; rejects when it was cancelled.
   */
  readonly admitted: Promise<unknown>;
  /**
   * Call once, when native code is about to work for the job: from then on it is a suspect if the worker
   * dies.
   */
  readonly begin: () => void;
  /** When the job was accepted, by the clock of Redis; as monotonic time of this process. */
  readonly acceptedAt: number;
  /** From then until this attempt. */
  readonly queuedMs: number;
  /** Aborts with a CancelledError when the attempt is to stop, also when it was not admitted. */
  readonly signal: AttemptStop;
}

/**
 * What every attempt has in common: its lock, its cancellation, its poison counter, and what its error means
 * for BullMQ.
 */
@Injectable()
export class JobAttempts {
  readonly #logger = new Logger(JobAttempts.name);

  constructor(
    private readonly running: RunningJobs,
    private readonly shards: Shards<QueueShard>,
    private readonly pauses: Pauses,
    private readonly identity: WorkerIdentity,
    @Inject(ProcessEnd) private readonly processEnd: Pick<ProcessEnd, 'begin'>,
    @Inject(StoreHealth) private readonly store: Pick<StoreHealth, 'isUnwell' | 'lacks'>,
  ) {}

  /** Name of the worker that makes them. */
  get worker(): string {
    return this.identity.id;
  }

  /**
   * Runs an attempt. The first one begins beside its records: a job that never ran before need not run alone,
   * and a cancel that comes to light stops it. Its result counts only once they are there.
   * @returns what BullMQ stores; @throws what makes BullMQ fail, retry or wait
   */
  async run<Result>(context: AttemptContext, work: (terms: AttemptTerms) => Promise<Result>): Promise<Result> {
    const { job, jobId, token } = context;
    const stop = new AttemptStop();
    this.running.add({ ...context, stop });
    try {
      this.pauses.refuseJobs();
      const result = await this.#work(context, stop, work);
      stop.throwIfAborted();
      return result;
    } catch (error) {
      const attempt = attemptOf(context);
      const { ledger, pauses } = this.shards.holding(jobId);
      const end = await this.#settle(attemptEnd(error, stop), attempt);
      this.#log(jobId, end, error);
      if (end.kind === 'suspect') this.processEnd.begin(end.reason);
      else if (end.kind !== 'lock-lost') await ledger.endedOrderly(attempt);
      return await finishAttempt(end, context, () => pauses.letGo({ ...attempt, token: token ?? '' }));
    } finally {
      this.running.delete(job);
    }
  }

  /**
   * A fault of the store costs the job nothing, however long it lasts: the worker pauses. Where the store is
   * well and only these bytes are missing or unreadable, the job is looked at a few more times within a
   * minute, and then fails.
   */
  async #settle(end: AttemptEnd, attempt: JobAttempt): Promise<SettledEnd> {
    if (end.kind !== 'store-fault') return end;
    const { error } = end;
    if (await this.store.isUnwell()) return { kind: 'handed-over', afterMs: 0 };
    const faults = await this.shards.holding(attempt.jobId).ledger.countStoreFault(attempt);
    if (faults < MAX_STORE_FAULTS) {
      if (error instanceof ArtifactMissingError) this.store.lacks(error.sha256);
      return { kind: 'handed-over', afterMs: 500 * 2 ** faults };
    }
    const code = error instanceof ArtifactMissingError ? 'artifact_missing' : 'artifact_store_error';
    return { kind: 'failed', error: { code, message: error.message }, retry: false };
  }

  async #work<Result>(
    context: AttemptContext,
    attemptStop: AttemptStop,
    work: (terms: AttemptTerms) => Promise<Result>,
  ): Promise<Result> {
    const { job, jobId } = context;
    const { ledger, clock } = this.shards.holding(jobId);
    const attempt = attemptOf(context);
    const stop = workStop(attemptStop);
    const admitted = this.#admit(context);
    const mustBeAlone = job.attemptsStarted > 1 && (await admitted);
    const solo = mustBeAlone ? () => ledger.startedAlone(attempt) : undefined;
    const working = work({
      solo,
      admitted,
      begin: () => this.#begin(attempt),
      acceptedAt: performance.now() + job.timestamp - clock.now(),
      queuedMs: queuedMs(job, clock),
      signal: stop,
    });
    try {
      const [result] = await Promise.all([working, admitted]);
      return result;
    } catch (error) {
      stop.abort(new CancelledError('cancelled'));
      await working.catch(() => undefined); // its rows have left when the attempt ends
      throw error;
    }
  }

  /** Sent before native code begins, and not waited for: the count must not cost the job a round trip. */
  #begin(attempt: JobAttempt): void {
    const { ledger } = this.shards.holding(attempt.jobId);
    ledger.began(attempt).catch((error: unknown) => {
      this.#logger.warn(`${attempt.jobId}: its start was not counted: ${String(error)}`);
    });
  }

  /** Whether the job must run alone. A job that was cancelled while it waited has no result. */
  async #admit(context: AttemptContext): Promise<boolean> {
    const verdict = context.verdict ?? (await this.#start(context));
    if (verdict.kind === 'over') throw new AttemptOverError();
    if (verdict.kind === 'paused') throw new JobPausedError();
    if (verdict.kind === 'cancelled') throw new CancelledError(verdict.cancel.reason);
    if (verdict.kind === 'poisonous') {
      const message = `every worker that ran this job died, ${verdict.soloStarts} times while it ran alone`;
      throw new DdimError('poisonous_job', message);
    }
    if (verdict.kind === 'unknown') throw new Error(verdict.reason);
    return verdict.kind === 'alone';
  }

  #start(context: AttemptContext): Promise<StartVerdict> {
    const attempt = attemptOf(context);
    const { warnings } = context;
    const event = { type: 'started', attempt: attempt.attemptsStarted, worker: this.worker, warnings } as const;
    return this.shards.holding(attempt.jobId).ledger.started(attempt, event);
  }

  #log(jobId: string, end: SettledEnd, error: unknown): void {
    const expected = EXPECTED_ENDS.has(end.kind) || (end.kind === 'failed' && !end.retry);
    if (expected) this.#logger.log(`${jobId}: ${end.kind}${end.kind === 'failed' ? `, ${end.error.message}` : ''}`);
    else
      this.#logger.error(`${jobId}: ${end.kind}`, error instanceof Error ? error.stack : String(error), 'JobAttempts');
  }
}

export function attemptOf({ kind, job, jobId }: Pick<AttemptContext, 'kind' | 'job' | 'jobId'>): JobAttempt {
  return { kind, jobId, attemptsStarted: job.attemptsStarted };
}
