import type { LiveSnapshot } from '#contract';
import { LIVE_HISTORY } from '../../data/live.js';
import { count, span, type Quantity } from '../../parts/quantity.js';
import { Stat } from '../../parts/stat.js';

interface Figure {
  readonly label: string;
  /** The field of `/v1/live`, and the metric behind it. */
  readonly metric: string;
  readonly of: (snapshot: LiveSnapshot) => number | null | undefined;
  readonly quantity: (value: number | null | undefined) => Quantity;
}

const FIGURES: readonly Figure[] = [
  {
    label: 'Samples',
    metric: 'samplesPerSecond: rows that ended per second, over the last 10 s',
    of: ({ samplesPerSecond }) => samplesPerSecond,
    quantity: (value) => count(value, '/s'),
  },
  {
    label: 'Row-steps',
    metric: 'rowStepsPerSecond: denoising steps of single rows per second, over the last 10 s',
    of: ({ rowStepsPerSecond }) => rowStepsPerSecond,
    quantity: (value) => count(value, '/s'),
  },
  {
    label: 'Rows per step',
    metric: 'rowsPerStep: mean rows of a batched step',
    of: ({ rowsPerStep }) => rowsPerStep,
    quantity: (value) => count(value, 'rows'),
  },
  {
    label: 'Step p50',
    metric: 'stepSeconds.p50: one batched step, median',
    of: ({ stepSeconds }) => stepSeconds?.p50,
    quantity: span,
  },
  {
    label: 'Step p95',
    metric: 'stepSeconds.p95: one batched step, 95th percentile',
    of: ({ stepSeconds }) => stepSeconds?.p95,
    quantity: span,
  },
  {
    label: 'Step p99',
    metric: 'stepSeconds.p99: one batched step, 99th percentile',
    of: ({ stepSeconds }) => stepSeconds?.p99,
    quantity: span,
  },
  {
    label: 'Rows running',
    metric: 'rowsRunning: rows that have started and not ended',
    of: ({ rowsRunning }) => rowsRunning,
    quantity: (value) => count(value, 'rows'),
  },
  {
    label: 'Rows waiting',
    metric: 'rowsWaiting: rows in engines that have not started',
    of: ({ rowsWaiting }) => rowsWaiting,
    quantity: (value) => count(value, 'rows'),
  },
];

/** The figures of the whole system, each with its last two minutes. */
export function SystemStats({ history }: { readonly history: readonly LiveSnapshot[] }) {
  const snapshot = history.at(-1);
  return (
    <div class="stats">
      {FIGURES.map(({ label, metric, of, quantity }) => (
        <Stat
          key={label}
          label={label}
          metric={metric}
          quantity={quantity(snapshot && of(snapshot))}
          history={history.map((past) => of(past) ?? Number.NaN)}
          capacity={LIVE_HISTORY}
        />
      ))}
    </div>
  );
}
