import { Injectable, Logger } from '@nestjs/common';
import { CancelledError, DdimError } from '#ddim';
import { JobCancellation, JobLedger } from '#jobs';
import { StartChecks } from '#server';
import { attemptEnd, finishAttempt, type AttemptEnd } from './job-failure.js';
import { RunningJobs, type RunningJob } from './running-jobs.js';

/** After so many starts without an orderly end a job runs alone, and after so many of those it is given up. */
const MAX_SHARED_STARTS = 2;
const MAX_SOLO_STARTS = 5;

/** One attempt of a job as its processor got it. */
export interface AttemptContext extends RunningJob {
  readonly jobId: string;
  readonly signal: AbortSignal | undefined;
}

/** What every attempt has in common: its lock, its cancellation, its poison counter, and what its error means for BullMQ. */
@Injectable()
export class JobAttempts {
  readonly #logger = new Logger(JobAttempts.name);

  constructor(
    private readonly running: RunningJobs,
    private readonly cancellation: JobCancellation,
    private readonly ledger: JobLedger,
    private readonly checks: StartChecks,
  ) {}

  /**
   * Runs an attempt. `work` is told whether the job must run alone, because it was there when workers died.
   * @returns what BullMQ stores; @throws what makes BullMQ fail, retry or wait
   */
  async run<Result>(context: AttemptContext, work: (solo: boolean) => Promise<Result>): Promise<Result> {
    const { job, jobId, token, signal } = context;
    this.running.add(context);
    try {
      this.#refuseUnsafeQueue();
      const [solo] = await Promise.all([this.#countStart(jobId), this.#refuseCancelled(jobId)]);
      const result = await work(solo);
      signal?.throwIfAborted();
      this.#forgetStarts(jobId);
      return result;
    } catch (error) {
      const end = attemptEnd(error, signal);
      this.#log(jobId, end, error);
      if (end.kind !== 'lock-lost') await this.ledger.endedOrderly(jobId);
      return await finishAttempt(end, job, token);
    } finally {
      this.running.delete(job);
    }
  }

  /** A worker that takes no more jobs, because Redis might lose them, still gets the one that BullMQ was waiting for: back with it. */
  #refuseUnsafeQueue(): void {
    const [fault] = this.checks.report.faults;
    if (fault !== undefined) throw new CancelledError('shutdown', fault);
  }

  /** A job that was cancelled while it waited computes nothing. */
  async #refuseCancelled(jobId: string): Promise<void> {
    const record = (await this.cancellation.readFlags([jobId])).get(jobId);
    if (record) throw new CancelledError(record.reason);
  }

  async #countStart(jobId: string): Promise<boolean> {
    const { starts } = await this.ledger.started(jobId);
    if (starts <= MAX_SHARED_STARTS) return false;
    const { solo } = await this.ledger.started(jobId, 'solo');
    if (solo > MAX_SOLO_STARTS)
      throw new DdimError('poisonous_job', `every worker that ran this job died, ${solo - 1} times while it ran alone`);
    return true;
  }

  /** Nobody waits for it: that a job which has succeeded was started says nothing any more. */
  #forgetStarts(jobId: string): void {
    this.ledger
      .endedOrderly(jobId)
      .catch((error: unknown) => this.#logger.debug(`starts of ${jobId} were not forgotten: ${String(error)}`));
  }

  #log(jobId: string, end: AttemptEnd, error: unknown): void {
    const expected = end.kind === 'cancelled' || end.kind === 'handed-over' || (end.kind === 'failed' && !end.retry);
    if (expected) this.#logger.log(`${jobId}: ${end.kind}${end.kind === 'failed' ? `, ${end.error.message}` : ''}`);
    else
      this.#logger.error(`${jobId}: ${end.kind}`, error instanceof Error ? error.stack : String(error), 'JobAttempts');
  }
}
