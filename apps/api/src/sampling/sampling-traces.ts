import { Injectable } from '@nestjs/common';
import { StoredSamplingTrace, type SamplingTrace } from '#contract';
import { parseStored, unlessWrongType, withDeadline, type StoredJob } from '#queue';
import { commonView } from '../jobs/read/job-view.js';
import { QueueShards } from '../queue/queue-shards.js';

const DEADLINE_MS = 2_000;

/** Reads where the time of sampling jobs went, as their workers have left it in their records. */
@Injectable()
export class SamplingTraces {
  constructor(private readonly shards: QueueShards) {}

  /** What no worker has left, or another release has, is missing. @throws QueueUnavailableError */
  async read(job: StoredJob): Promise<SamplingTrace> {
    const { redis, keys } = this.shards.holding(job.id);
    const field = withDeadline(redis.hget(keys.job('sampling', job.id), 'trace'), DEADLINE_MS);
    const { createdAt, startedAt, finishedAt, attempts } = commonView(job);
    const stored = parseStored(StoredSamplingTrace, await unlessWrongType(field, null, () => undefined));
    const trace = stored?.attempt === attempts ? stored : undefined;
    return {
      attempt: attempts,
      createdAt,
      startedAt,
      finishedAt,
      readySeconds: trace?.ready === undefined ? null : seconds(trace.ready),
      macroSteps: (trace?.macroSteps ?? []).map(([began, ended, calls, steps, rows, batchRows, batchJobs]) => ({
        startSeconds: seconds(began),
        endSeconds: seconds(ended),
        calls,
        steps,
        rows,
        batchRows,
        batchJobs,
      })),
      store: trace?.store ? { startSeconds: seconds(trace.store[0]), endSeconds: seconds(trace.store[1]) } : null,
    };
  }
}

/** Of milliseconds, to a microsecond. */
function seconds(ms: number): number {
  return Math.round(ms * 1e3) / 1e6;
}
