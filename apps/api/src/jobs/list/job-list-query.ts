import { PRIORITIES } from '#ddim';
import { z } from 'zod';
import {
  ApiKeyId,
  firstJobIdOf,
  JOB_ID_FORM,
  JobStatus,
  KINDS,
  MAX_JOBS_PER_PAGE,
  parseJobId,
  ResourceName,
  Timestamp,
  type JobKind,
} from '#contract';
import type { IdRange } from './job-index.js';

/** Of every id of a job; there is no character behind it that ids have. */
const AFTER_EVERY_ID = '~';

const JobId = z.string().refine((id) => parseJobId(id) !== undefined, `expected ids of jobs: ${JOB_ID_FORM}`);

export const JobListQuery = z.strictObject({
  status: JobStatus.optional().describe('Only jobs of this status'),
  model: ResourceName.optional().describe('Only jobs of this model'),
  key: ApiKeyId.optional().describe('Only jobs that came with the API key of this id'),
  from: Timestamp.optional().describe('Only jobs that were submitted at this time or later'),
  until: Timestamp.optional().describe('Only jobs that were submitted before this time'),
  id: z
    .string()
    .regex(/^[0-9A-Za-z_]{1,32}$/, 'expected a part of an id: letters, digits, "_"')
    .optional()
    .describe('Only jobs whose id has this part'),
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(JobId).max(MAX_JOBS_PER_PAGE))
    .optional()
    .describe(`Only these jobs, separated by commas, at most ${MAX_JOBS_PER_PAGE}`),
  limit: z.coerce.number().int().min(1).max(MAX_JOBS_PER_PAGE).default(50).describe('Jobs of a page'),
  after: z.string().optional().meta({ description: 'nextCursor of the page before' }),
});
export type JobListQuery = z.output<typeof JobListQuery>;

export const SamplingJobListQuery = JobListQuery.extend({
  priority: z.enum(PRIORITIES).optional().describe('Only jobs of this class'),
});
export type SamplingJobListQuery = z.output<typeof SamplingJobListQuery>;

/** What a filter looks at. */
export type Listed = Pick<SamplingJobListQuery, 'priority'> & {
  readonly status: JobStatus;
  readonly model: { readonly name: string };
  readonly key: string | null;
};

/** The part of the list in which jobs may be that match: ids say when they were made, and how they begin. */
export function idRangeOf(kind: JobKind, { from, until, id = '' }: JobListQuery): IdRange {
  const timeOf = (text: string | undefined) => text && firstJobIdOf(kind, Date.parse(text));
  const prefix = `${KINDS[kind].idPrefix}_`;
  const beginning = id.toLowerCase().startsWith(prefix) ? prefix + id.slice(prefix.length).toUpperCase() : undefined;
  return {
    from: later(timeOf(from), beginning),
    before: earlier(timeOf(until), beginning && `${beginning}${AFTER_EVERY_ID}`),
  };
}

/** Whether an id is worth a look at its job. */
export function mayMatch(jobId: string, { id = '' }: JobListQuery): boolean {
  return jobId.toUpperCase().includes(id.toUpperCase());
}

/** Whether jobs may be passed over. */
export function isFiltered({ status, model, key, id, priority }: Partial<SamplingJobListQuery>): boolean {
  return [status, model, key, id, priority].some((value) => value !== undefined);
}

export function matches(job: Listed, query: Partial<SamplingJobListQuery>): boolean {
  const { status, model, key, priority } = query;
  return (
    isSame(status, job.status) &&
    isSame(model, job.model.name) &&
    isSame(key, job.key) &&
    isSame(priority, job.priority)
  );
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

function isSame(wanted: string | undefined, value: string | null | undefined): boolean {
  return wanted === undefined || wanted === value;
}
