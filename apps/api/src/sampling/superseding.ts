import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DEFAULT_OWNER } from '#contract';
import { LIFETIMES, STRIDE_PREFIX } from '#queue';
import { HttpProblem } from '../http/problem.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import type { Claimed } from '../jobs/submit/job-submission.js';
import { QueueConnection } from '../queue/queue-connection.js';

/** What the default owner's keys are kept under since before there were owners. */
const ANONYMOUS = 'anonymous';

/** Lets a newer job with the same supersedeKey take the place of the one before. */
@Injectable()
export class Superseding {
  constructor(
    private readonly connection: QueueConnection,
    private readonly canceller: JobCanceller,
  ) {}

  /** Cancels the job that `jobId` replaces, if its request names a key and an older job has the same one. */
  async apply(
    { supersedeKey }: { readonly supersedeKey?: string },
    model: { readonly name: string },
    { jobId, caller: { owner } }: Pick<Claimed, 'jobId' | 'caller'>,
  ): Promise<void> {
    if (supersedeKey === undefined) return;
    const hash = createHash('sha256').update(`${model.name}\n${supersedeKey}`).digest('hex');
    const key = `${STRIDE_PREFIX}:supersede:${owner === DEFAULT_OWNER ? ANONYMOUS : owner}:${hash}`;
    const former = await this.connection.redis.set(key, jobId, 'PX', LIFETIMES.supersessionMs, 'GET');
    if (former === null || former === jobId) return;
    try {
      await this.canceller.cancel('sampling', former, 'superseded');
    } catch (error) {
      const isOver = error instanceof HttpProblem && (error.code === 'job_finished' || error.code === 'not_found');
      if (!isOver) throw error;
    }
  }
}
