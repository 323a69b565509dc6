import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { jobOwner, JobStatus, MAX_JOBS_PER_PAGE, parseJobId, ResourceName, type JobKind } from '#contract';
import type { StoredJob } from '#queue';
import { UnreadableRecords } from '#server';
import { isAdmin, maySee, type Caller } from '../../access/caller.js';
import { HttpProblem } from '../../http/problem.js';
import { JobIndex } from './job-index.js';
import { JobReader } from '../read/job-reader.js';
import { UnreadableJob } from '../read/unreadable-job.js';

/** Jobs looked at for one page, so that a filter that matches nothing does not read the whole queue. */
const MAX_LOOKED_AT = 2_000;

export const JobListQuery = z.strictObject({
  status: JobStatus.optional().describe('Only jobs of this status'),
  model: ResourceName.optional().describe('Only jobs of this model'),
  limit: z.coerce.number().int().min(1).max(MAX_JOBS_PER_PAGE).default(50).describe('Jobs of a page'),
  after: z.string().optional().meta({ description: 'nextCursor of the page before' }),
});
export type JobListQuery = z.output<typeof JobListQuery>;

interface JobPage<View> {
  readonly items: View[];
  readonly nextCursor: string | null;
}

/** Lists jobs, newest first. */
@Injectable()
export class JobList {
  constructor(
    private readonly index: JobIndex,
    private readonly reader: JobReader,
    private readonly unreadable: UnreadableRecords,
  ) {}

  /**
   * @param view a job as clients see it; one that throws UnreadableJob is left out
   * @throws HttpProblem `invalid_cursor`; QueueUnavailableError
   */
  async page<View extends { readonly status: JobStatus; readonly model: { readonly name: string } }>(
    kind: JobKind,
    { caller, query }: { readonly caller: Caller; readonly query: JobListQuery },
    view: (job: StoredJob) => View,
  ): Promise<JobPage<View>> {
    const list = { kind, owner: isAdmin(caller) ? undefined : caller.owner };
    const items: View[] = [];
    let cursor = query.after === undefined ? undefined : decodeCursor(kind, query.after);
    // A filter may pass over most jobs: whoever asks for one item must not make a round trip for each of
    // them.
    const chunk = query.status === undefined && query.model === undefined ? query.limit : MAX_JOBS_PER_PAGE;
    for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT;) {
      const ids = await this.index.page(list, chunk, cursor);
      const jobs = await this.reader.readAll(kind, ids);
      lookedAt += ids.length;
      for (const [i, id] of ids.entries()) {
        const job = jobs[i];
        cursor = id;
        if (job === undefined || !maySee(caller, jobOwner(job.data))) continue;
        const item = this.readable(job, view);
        if (item !== undefined && matches(item, query)) items.push(item);
        if (items.length === query.limit) return { items, nextCursor: encodeCursor(id) };
      }
      await this.index.remove(
        list,
        ids.filter((_, i) => jobs[i] === undefined),
      );
      if (ids.length < chunk) return { items, nextCursor: null };
    }
    return { items, nextCursor: cursor === undefined ? null : encodeCursor(cursor) };
  }

  private readable<View>(job: StoredJob, view: (job: StoredJob) => View): View | undefined {
    try {
      return view(job);
    } catch (error) {
      if (!(error instanceof UnreadableJob)) throw error;
      this.unreadable.report(`job ${job.id}`);
      return undefined;
    }
  }
}

function matches(
  { status, model }: { readonly status: JobStatus; readonly model: { readonly name: string } },
  query: JobListQuery,
): boolean {
  return (query.status ?? status) === status && (query.model ?? model.name) === model.name;
}

function encodeCursor(jobId: string): string {
  return Buffer.from(jobId).toString('base64url');
}

function decodeCursor(kind: JobKind, cursor: string): string {
  const jobId = Buffer.from(cursor, 'base64url').toString();
  if (parseJobId(jobId) !== kind) throw new HttpProblem('invalid_cursor', 'after: this is no cursor of this list');
  return jobId;
}
