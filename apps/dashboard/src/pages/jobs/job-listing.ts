import { signal } from '@preact/signals';
import type { Schemas } from '#client';
import { jobIdTime } from '#contract';
import type { JobQuery } from './job-query.js';
import { shownError } from '../../data/shown-error.js';

export type ListedJob = Schemas['SamplingJob'];
type Page = Schemas['SamplingJobPage'];

/** One page of the API's list. */
type ReadPage = (query: JobQuery & PagePlace, signal: AbortSignal) => Promise<Page>;

interface PagePlace {
  readonly limit?: number;
  readonly after?: string;
  /** Separated by commas. */
  readonly ids?: string;
}

const PAGE = 200;
/** A look at those that are seen asks about no more jobs than a window shows. */
const MOST_SEEN = 100;

/**
 * The list as far as somebody has scrolled: pages are added at its end, new jobs at its beginning, and those
 * that are seen and have not ended are looked at again.
 */
export class JobListing {
  readonly jobs = signal<readonly ListedJob[]>([]);
  readonly error = signal<Error | undefined>(undefined);
  /** Whether the end of the list has not been reached. */
  readonly hasMore = signal(true);
  private cursor: string | undefined;
  private isReading = false;
  private readonly ended = new AbortController();

  constructor(
    private readonly read: ReadPage,
    private readonly query: JobQuery,
  ) {}

  close(): void {
    this.ended.abort();
  }

  /** Adds the next page, unless it is on its way or there is none. */
  async more(): Promise<void> {
    if (this.hasMore.value) await this.readOn();
  }

  private async readOn(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    await this.ask({ limit: PAGE, after: this.cursor }, ({ items, nextCursor }) => {
      this.jobs.value = [...this.jobs.value, ...unknownIn(this.jobs.value, items)];
      this.cursor = nextCursor ?? undefined;
      this.hasMore.value = nextCursor !== null;
    });
    this.isReading = false;
  }

  /** Brings the list up to date. @param seen the jobs in sight */
  async refresh(seen: readonly ListedJob[]): Promise<void> {
    await this.lookAgain(seen.filter(({ finishedAt }) => finishedAt === null).slice(0, MOST_SEEN));
    const newest = this.jobs.value[0];
    if (newest === undefined) return this.readOn();
    const from = new Date(jobIdTime(newest.id)).toISOString();
    if (this.query.from !== undefined && this.query.from > from) return;
    await this.ask({ limit: PAGE, from }, ({ items }) => {
      this.jobs.value = [...unknownIn(this.jobs.value, items), ...this.jobs.value];
    });
  }

  /** Those that match no longer are gone. */
  private async lookAgain(unfinished: readonly ListedJob[]): Promise<void> {
    if (unfinished.length === 0) return;
    const ids = unfinished.map(({ id }) => id);
    await this.ask({ ids: ids.join(','), limit: PAGE }, ({ items }) => {
      const newer = new Map(items.map((job) => [job.id, job]));
      const asked = new Set(ids);
      this.jobs.value = this.jobs.value.flatMap((job) => (asked.has(job.id) ? (newer.get(job.id) ?? []) : job));
    });
  }

  private async ask(place: PagePlace & JobQuery, use: (page: Page) => void): Promise<void> {
    try {
      const page = await this.read({ ...this.query, ...place }, this.ended.signal);
      if (this.ended.signal.aborted) return;
      use(page);
      this.error.value = undefined;
    } catch (cause) {
      if (this.ended.signal.aborted) return;
      this.error.value = shownError(cause);
    }
  }
}

function unknownIn(jobs: readonly ListedJob[], items: readonly ListedJob[]): ListedJob[] {
  const known = new Set(jobs.map(({ id }) => id));
  return items.filter(({ id }) => !known.has(id));
}
