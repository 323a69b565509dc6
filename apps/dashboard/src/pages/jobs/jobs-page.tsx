import { found, type Schemas } from '#client';
import type { JobStatus } from '#contract';
import { useResource } from '../../data/resource.js';
import { linkTo, narrow, route } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Bar } from '../../parts/bar.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { Table, type Column } from '../../parts/table.js';
import { Time } from '../../parts/time.js';

const LOOK_MS = 2_000;

const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const satisfies readonly JobStatus[];

const COLUMNS: readonly Column<Schemas['SamplingJob']>[] = [
  { title: 'Job', cell: ({ id }) => <a href={linkTo('jobs', id)}>{id}</a> },
  { title: 'Status', cell: ({ status }) => <span class={`status ${status}`}>{status}</span> },
  { title: 'Model', cell: ({ model }) => `${model.name}${model.version === null ? '' : `@${model.version}`}` },
  { title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    title: 'Progress',
    cell: ({ progress }) => (
      <Bar
        value={progress.completedSteps}
        max={progress.totalSteps}
        label={`step ${progress.completedSteps} of ${progress.totalSteps}`}
      />
    ),
  },
];

/** All sampling jobs, the newest first. */
export function JobsPage() {
  const status = STATUSES.find((known) => known === route.value.query.get('status'));
  const jobs = useResource(
    async (signal) => found(await service.GET('/v1/sampling-jobs', { params: { query: { status } }, signal })),
    { key: status, everyMs: LOOK_MS },
  );
  return (
    <>
      <h1>Jobs</h1>
      <p>
        <label>
          Status{' '}
          <select value={status ?? ''} onChange={({ currentTarget }) => narrow({ status: currentTarget.value })}>
            <option value="">all</option>
            {STATUSES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </p>
      <Loaded resource={jobs}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyPage
              text="There is no sampling job yet."
              command="npm run stride -- sample --model MODEL --observations FILE"
            />
          ) : (
            <Table label="Sampling jobs" columns={COLUMNS} rows={items} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
    </>
  );
}
