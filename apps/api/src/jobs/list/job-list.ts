import { Injectable } from '@nestjs/common';
import { jobOwner, MAX_JOBS_PER_PAGE, parseJobId, type JobKind } from '#contract';
import type { StoredJob } from '#queue';
import { UnreadableRecords } from '#server';
import { isAdmin, maySee, type Caller } from '../../access/caller.js';
import { HttpProblem } from '../../http/problem.js';
import { JobIndex } from './job-index.js';
import { isFiltered, matches, mayMatch, idRangeOf, type JobListQuery, type Listed } from './job-list-query.js';
import { JobReader } from '../read/job-reader.js';
import { UnreadableJob } from '../read/unreadable-job.js';

/** Jobs looked at for one page, so that a filter that matches nothing does not read the whole queue. */
const MAX_LOOKED_AT = 2_000;

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
  async page<View extends Listed>(
    kind: JobKind,
    { caller, query }: { readonly caller: Caller; readonly query: JobListQuery },
    view: (job: StoredJob) => View,
  ): Promise<JobPage<View>> {
    const select = (job: StoredJob | undefined): View[] => {
      if (job === undefined || !maySee(caller, jobOwner(job.data))) return [];
      const item = this.readable(job, view);
      return item !== undefined && matches(item, query) ? [item] : [];
    };
    if (query.ids === undefined) return this.walk(kind, { caller, query }, select);
    const jobs = await this.reader.readAll(kind, query.ids);
    return { items: jobs.flatMap(select), nextCursor: null };
  }

  /** Goes through the list until a page is full. */
  private async walk<View>(
    kind: JobKind,
    { caller, query }: { readonly caller: Caller; readonly query: JobListQuery },
    select: (job: StoredJob | undefined) => View[],
  ): Promise<JobPage<View>> {
    const list = { kind, owner: isAdmin(caller) ? undefined : caller.owner };
    const items: View[] = [];
    const range = idRangeOf(kind, query);
    let cursor = query.after === undefined ? undefined : decodeCursor(kind, query.after);
    // A filter may pass over most jobs: whoever asks for one item must not make a round trip for each of
    // them.
    const chunk = isFiltered(query) ? MAX_JOBS_PER_PAGE : query.limit;
    for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT;) {
      const ids = await this.index.page(list, chunk, { ...range, before: cursor ?? range.before });
      const candidates = ids.filter((id) => mayMatch(id, query));
      const found = await this.reader.readAll(kind, candidates);
      const jobs = new Map(found.map((job) => [job?.id, job]));
      lookedAt += ids.length;
      for (const id of ids) {
        cursor = id;
        items.push(...select(jobs.get(id)));
        if (items.length === query.limit) return { items, nextCursor: encodeCursor(id) };
      }
      await this.index.remove(
        list,
        candidates.filter((id) => jobs.get(id) === undefined),
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

function encodeCursor(jobId: string): string {
  return Buffer.from(jobId).toString('base64url');
}

function decodeCursor(kind: JobKind, cursor: string): string {
  const jobId = Buffer.from(cursor, 'base64url').toString();
  if (parseJobId(jobId) !== kind) throw new HttpProblem('invalid_cursor', 'after: this is no cursor of this list');
  return jobId;
}
