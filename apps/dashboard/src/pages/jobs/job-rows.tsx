import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Allowed } from '../../parts/allowed.js';
import { COLUMNS } from './job-columns.js';
import type { ListedJob, JobListing } from './job-listing.js';
import { ROW_HEIGHT, visibleRows } from './visible-rows.js';

const LOOK_MS = 1_000;
/** Pages are asked for so many rows ahead. */
const AHEAD = 100;

interface JobRowsProps {
  readonly listing: JobListing;
  readonly selected: Signal<ReadonlySet<string>>;
}

/** The list as a table of which only the rows in sight are drawn; it stays where it is while jobs come in. */
export function JobRows({ listing, selected }: JobRowsProps) {
  const place = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const jobs = listing.jobs.value;
  const { first, end, before, after } = visibleRows(jobs.length, top.value, height.value);
  const seen = jobs.slice(first, end);
  const latest = useRef(seen);
  latest.current = seen;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const resized = new ResizeObserver(() => (height.value = element.clientHeight));
    resized.observe(element);
    const timer = setInterval(() => {
      if (!document.hidden) listing.refresh(latest.current).catch(reportError);
    }, LOOK_MS);
    return () => {
      resized.disconnect();
      clearInterval(timer);
    };
  }, [listing]);

  useEffect(() => {
    if (end + AHEAD > jobs.length) listing.more().catch(reportError);
  }, [listing, end, jobs.length]);

  useSteadyPlace(place, jobs);

  return (
    <div
      class="table job-rows"
      role="region"
      aria-label="Sampling jobs"
      tabIndex={0}
      ref={place}
      onScroll={({ currentTarget }) => (top.value = currentTarget.scrollTop)}
    >
      <table aria-rowcount={listing.hasMore.value ? -1 : jobs.length + 1}>
        <JobHead jobs={jobs} selected={selected} />
        <tbody>
          <tr class="spacer" aria-hidden="true" style={{ height: `${before}px` }} />
          {seen.map((job, i) => (
            <JobRow key={job.id} job={job} index={first + i + 2} selected={selected} />
          ))}
          <tr class="spacer" aria-hidden="true" style={{ height: `${after}px` }} />
        </tbody>
      </table>
    </div>
  );
}

function JobHead({
  jobs,
  selected,
}: {
  readonly jobs: readonly ListedJob[];
  readonly selected: JobRowsProps['selected'];
}) {
  const all = jobs.length > 0 && selected.value.size >= jobs.length;
  const toggle = () => (selected.value = new Set(all ? [] : jobs.map(({ id }) => id)));
  return (
    <thead>
      <tr>
        <Allowed scope="jobs:write">
          <th class="check">
            <input type="checkbox" aria-label="Select all that are loaded" checked={all} onChange={toggle} />
          </th>
        </Allowed>
        {COLUMNS.map(({ title, metric, isNumber }) => (
          <th key={title} scope="col" title={metric} class={classOf(title, isNumber)}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface JobRowProps {
  readonly job: ListedJob;
  readonly index: number;
  readonly selected: JobRowsProps['selected'];
}

function JobRow({ job, index, selected }: JobRowProps) {
  const toggle = () => {
    const next = new Set(selected.value);
    if (!next.delete(job.id)) next.add(job.id);
    selected.value = next;
  };
  return (
    <tr aria-rowindex={index} data-job={job.id}>
      <Allowed scope="jobs:write">
        <td class="check">
          <input
            type="checkbox"
            aria-label={`Select ${job.id}`}
            checked={selected.value.has(job.id)}
            onChange={toggle}
          />
        </td>
      </Allowed>
      {COLUMNS.map(({ title, cell, metric, isNumber }) => (
        <td key={title} title={metric} class={classOf(title, isNumber)}>
          {cell(job)}
        </td>
      ))}
    </tr>
  );
}

function classOf(title: string, isNumber: boolean | undefined): string {
  return `${title.toLowerCase()}${isNumber ? ' number' : ''}`;
}

/** What somebody looks at does not move away when jobs come in above it. */
function useSteadyPlace(place: { readonly current: HTMLDivElement | null }, jobs: readonly ListedJob[]): void {
  const newest = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const element = place.current;
    const added = jobs.findIndex(({ id }) => id === newest.current);
    if (element !== null && added > 0 && element.scrollTop > 0) element.scrollTop += added * ROW_HEIGHT;
    newest.current = jobs[0]?.id;
  }, [jobs]);
}
