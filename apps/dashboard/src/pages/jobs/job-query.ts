import type { JobStatus } from '#contract';

export const STATUSES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly JobStatus[];
export const CLASSES = ['interactive', 'normal', 'bulk'] as const;

/** What the list is narrowed to, in the words of the API. */
export interface JobQuery {
  readonly status?: JobStatus;
  readonly priority?: (typeof CLASSES)[number];
  readonly model?: string;
  readonly key?: string;
  readonly id?: string;
  readonly from?: string;
  readonly until?: string;
}

/** The filters of an address. Whatever is no filter is left out; what the API refuses, it says. */
export function jobQuery(address: URLSearchParams): JobQuery {
  const text = (name: string) => address.get(name)?.trim() || undefined;
  const query: JobQuery = {
    status: STATUSES.find((status) => status === address.get('status')),
    priority: CLASSES.find((priority) => priority === address.get('priority')),
    model: text('model'),
    key: text('key'),
    id: text('id'),
    from: moment(text('from')),
    until: moment(text('until')),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

/** A time of the clock on the wall, as `<input type="datetime-local">` has it, for the API. */
function moment(text: string | undefined): string | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
