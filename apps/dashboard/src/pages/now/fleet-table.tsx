import type { LiveSnapshot, LiveWorker } from '#contract';
import { LIVE_HISTORY } from '../../data/live.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { count, inWords, share, span } from '../../parts/quantity.js';
import { Sparkline } from '../../parts/sparkline.js';
import { Table, type Column } from '../../parts/table.js';
import { ThreadBars } from './thread-bars.js';

/** A worker with its load of the last two minutes. */
interface FleetRow extends LiveWorker {
  readonly past: readonly number[];
}

const COLUMNS: readonly Column<FleetRow>[] = [
  { title: 'Worker', cell: ({ id, host }) => <span title={id}>{host}</span>, metric: 'id' },
  {
    title: 'Status',
    cell: ({ status, pauses }) => (
      <span
        class={`status ${pauses.length > 0 ? 'paused' : status}`}
        title={pauses.map(({ reason }) => reason).join('; ')}
      >
        {pauses.length > 0 ? `takes no jobs: ${pauses.map(({ cause }) => cause).join(', ')}` : status}
      </span>
    ),
  },
  {
    title: 'Device',
    cell: ({ backend, provider, providerReason, device, rejectedProviders }) => (
      <span title={groundsOf({ device, providerReason, rejectedProviders })}>
        {backend === provider ? backend : `${backend} ${provider}`}
        {device === provider ? '' : ` · ${device}`}
      </span>
    ),
    metric: 'backend, provider, device; their reasons: providerReason, rejectedProviders',
  },
  { title: 'Precision', cell: ({ precisions }) => precisions.join(', '), metric: 'precisions' },
  {
    title: 'Threads',
    cell: ({ threads }) => <ThreadBars threads={threads} />,
    metric: 'threads.occupancyRatio: share of the last 10 s inside the backend',
  },
  {
    title: 'Load',
    cell: ({ loadRatio }) => inWords(share(loadRatio)),
    metric: 'loadRatio: mean occupancy of its threads',
    isNumber: true,
  },
  { title: 'Last 2 min', cell: ({ past }) => <Sparkline values={past} capacity={LIVE_HISTORY} top={1} /> },
  {
    title: 'Jobs',
    cell: ({ jobsRunning }) => inWords(count(jobsRunning)),
    metric: 'jobsRunning: jobs that it holds',
    isNumber: true,
  },
  {
    title: 'Rows',
    cell: ({ rowsRunning, rowsWaiting }) => `${inWords(count(rowsRunning))} + ${inWords(count(rowsWaiting))}`,
    metric: 'rowsRunning + rowsWaiting',
    isNumber: true,
  },
  {
    title: 'Rows per step',
    cell: ({ rowsPerStep }) => inWords(count(rowsPerStep)),
    metric: 'rowsPerStep: mean rows of a batched step',
    isNumber: true,
  },
  {
    title: 'Row-steps',
    cell: ({ rowStepsPerSecond }) => inWords(count(rowStepsPerSecond, '/s')),
    metric: 'rowStepsPerSecond',
    isNumber: true,
  },
  {
    title: 'Step p50',
    cell: ({ stepSeconds }) => inWords(span(stepSeconds?.p50)),
    metric: 'stepSeconds.p50',
    isNumber: true,
  },
];

/** What a worker runs on and why, one line each. */
function groundsOf({
  device,
  providerReason,
  rejectedProviders,
}: Pick<LiveWorker, 'device' | 'providerReason' | 'rejectedProviders'>): string {
  const rejected = rejectedProviders.map(({ provider, reason }) => `not ${provider}: ${reason}`);
  return [device, providerReason, ...rejected].filter((line) => line !== '').join('\n');
}

/** Each live worker. */
export function FleetTable({ history }: { readonly history: readonly LiveSnapshot[] }) {
  const snapshot = history.at(-1);
  if (snapshot === undefined) return null;
  const { workers, workersLive } = snapshot;
  if (workersLive === 0)
    return <EmptyPage text="No worker is running: jobs wait." command="node dist/apps/worker/src/main.js" />;
  if (workers === null) return <p class="hint">{workersLive} live. Who they are needs a key with the scope admin.</p>;
  const loads = history.map((past) => new Map(past.workers?.map(({ id, loadRatio }) => [id, loadRatio])));
  const rows = workers.map((worker) => ({
    ...worker,
    past: loads.map((load) => load.get(worker.id) ?? Number.NaN),
  }));
  return <Table label="Workers" columns={COLUMNS} rows={rows} keyOf={({ id }) => id} />;
}
