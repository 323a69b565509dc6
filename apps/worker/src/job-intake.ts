import { Injectable } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { Engine } from '#ddim';
import type { SamplingJobData } from '#jobs';

/**
 * How many sampling jobs this worker holds: as many as have the rows that its engine wants. Further jobs stay in the queue, where another
 * worker finds them. Bulk jobs do not count, since their rows make way for those of others.
 */
@Injectable()
export class JobIntake {
  #jobsHeld = 0;
  #rowsHeld = 0;

  constructor(private readonly engine: Engine) {}

  /** Holds a job while it is worked on. */
  async hold<Result>(worker: BullWorker, job: SamplingJobData, work: () => Promise<Result>): Promise<Result> {
    const rows = job.request.priority === 'bulk' ? 0 : job.rows;
    this.#count(worker, job, { jobs: 1, rows });
    try {
      return await work();
    } finally {
      this.#count(worker, job, { jobs: -1, rows: -rows });
    }
  }

  /** Further jobs are taken to be as large as this one. */
  #count(
    worker: BullWorker,
    { rows: usualRows }: SamplingJobData,
    { jobs, rows }: { jobs: number; rows: number },
  ): void {
    this.#jobsHeld += jobs;
    this.#rowsHeld += rows;
    const rowsMissing = Math.max(this.engine.rowsWanted - this.#rowsHeld, 0);
    worker.concurrency = Math.max(this.#jobsHeld + Math.ceil(rowsMissing / usualRows), 1);
  }
}
