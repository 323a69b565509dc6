import type { LiveSnapshot } from '#contract';
import { LIVE_HISTORY } from '../../data/live.js';
import { count, inWords, span } from '../../parts/quantity.js';
import { Sparkline } from '../../parts/sparkline.js';
import { Table, type Column } from '../../parts/table.js';

type Kind = keyof LiveSnapshot['queues'];
type Class = keyof LiveSnapshot['queues'][Kind]['waiting'];

const LINES = [
  ['sampling', 'interactive'],
  ['sampling', 'normal'],
  ['sampling', 'bulk'],
  ['training', 'normal'],
] as const satisfies readonly (readonly [Kind, Class])[];

interface Line {
  readonly kind: Kind;
  readonly priority: Class;
  readonly jobs: number;
  readonly oldestSeconds: number | null;
  readonly past: readonly number[];
}

const COLUMNS: readonly Column<Line>[] = [
  { title: 'Kind', cell: ({ kind }) => kind },
  { title: 'Class', cell: ({ priority }) => priority },
  {
    title: 'Waiting',
    cell: ({ jobs }) => inWords(count(jobs, jobs === 1 ? 'job' : 'jobs')),
    metric: 'waiting.jobs: jobs in line (bullmq_job_count)',
    isNumber: true,
  },
  {
    title: 'Oldest wait',
    cell: ({ oldestSeconds }) => inWords(span(oldestSeconds)),
    metric: 'waiting.oldestSeconds: since the first of them was accepted',
    isNumber: true,
  },
  { title: 'Last 2 min', cell: ({ past }) => <Sparkline values={past} capacity={LIVE_HISTORY} /> },
];

/** What waits, by kind and class. */
export function QueueTable({ history }: { readonly history: readonly LiveSnapshot[] }) {
  const snapshot = history.at(-1);
  if (snapshot === undefined) return null;
  const rows = LINES.map(([kind, priority]) => ({
    kind,
    priority,
    ...snapshot.queues[kind].waiting[priority],
    past: history.map(({ queues }) => queues[kind].waiting[priority].jobs),
  }));
  const { sampling, training } = snapshot.queues;
  return (
    <>
      <p class="hint">
        Running: {inWords(count(sampling.active))} sampling, {inWords(count(training.active))} training · waiting for
        another attempt: {inWords(count(sampling.delayed + training.delayed))}
      </p>
      <Table
        label="Waiting jobs by kind and class"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ kind, priority }) => `${kind} ${priority}`}
      />
    </>
  );
}
