import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DEFAULT_OWNER } from '#contract';
import { LIFETIMES } from '#queue';
import { HttpProblem } from '../http/problem.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import type { Claimed } from '../jobs/submit/job-submission.js';
import type { QueueConnection } from '../queue/queue-connection.js';
import { QueueShards } from '../queue/queue-shards.js';

/** What the default owner's keys are kept under since before there were owners. */
const ANONYMOUS = 'anonymous';

/** Lets a newer job with the same supersedeKey take the place of the one before. */
@Injectable()
export class Superseding {
  constructor(
    private readonly shards: QueueShards,
    private readonly canceller: JobCanceller,
  ) {}

  /**
   * What takes the place of an older job with the same key, once the new one is there; nothing without a key.
   * @throws QueueUnavailableError while it is not known which job has the key
   */
  async prepare(
    { supersedeKey }: { readonly supersedeKey?: string },
    model: { readonly name: string },
    { jobId, caller: { owner } }: Pick<Claimed, 'jobId' | 'caller'>,
  ): Promise<() => Promise<void>> {
    if (supersedeKey === undefined) return () => Promise.resolve();
    const hash = createHash('sha256').update(`${model.name}\n${supersedeKey}`).digest('hex');
    const key = `supersede:${owner === DEFAULT_OWNER ? ANONYMOUS : owner}:${hash}`;
    const [here, ...formerPlaces] = await this.shards.meeting(key);
    return async () => {
      const former = await Promise.all([
        here?.redis.set(recordIn(here, key), jobId, 'PX', LIFETIMES.supersessionMs, 'GET'),
        ...formerPlaces.map((shard) => shard.redis.get(recordIn(shard, key))),
      ]);
      for (const older of new Set(former)) if (older && older !== jobId) await this.cancel(older);
    };
  }

  private async cancel(jobId: string): Promise<void> {
    try {
      await this.canceller.cancel('sampling', jobId, 'superseded');
    } catch (error) {
      const isOver = error instanceof HttpProblem && (error.code === 'job_finished' || error.code === 'not_found');
      if (!isOver) throw error;
    }
  }
}

/** Of the newest job that has the key. */
function recordIn({ keys }: QueueConnection, key: string): string {
  return `${keys.prefix}:${key}`;
}
