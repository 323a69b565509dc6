import { timeseries } from './panels.js';
import { MODEL, perSecond, quantile, ratio, STEP } from './queries.js';

const ROW_SECONDS = 'stride_engine_row_seconds_total';

/** What the engines do: throughput, latency, occupancy. */
export const samplingPanels = [
  timeseries({
    title: 'Samples per second',
    description: 'stride_samples_total by how the row ended',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [
      {
        expr: perSecond(`stride_samples_total${MODEL}`, ' by (model, finish_reason) '),
        legend: '{{model}} {{finish_reason}}',
      },
    ],
  }),
  timeseries({
    title: 'Row-steps per second',
    description: 'stride_engine_row_steps_total: the work done, whatever the jobs look like',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: perSecond(`stride_engine_row_steps_total${MODEL}`, ' by (model, backend) '),
        legend: '{{model}} {{backend}}',
      },
    ],
  }),
  timeseries({
    title: 'Step latency',
    description: `${STEP}: one denoising step of one batch, whatever its size; stride_engine_row_seconds_total: as a row sees it`,
    unit: 's',
    width: 8,
    queries: [
      ...[0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, STEP, MODEL), legend: `p${q * 100}` })),
      { expr: ratio(ROW_SECONDS, 'stride_engine_row_steps_total', MODEL), legend: 'mean of a row' },
    ],
  }),
  timeseries({
    title: 'Occupancy',
    description:
      'stride_engine_row_seconds_total / stride_engine_busy_seconds_total: rows per batch at a mean moment; stride_engine_step_rows: per backend call. ' +
      'Few rows at a long queue: something else is the bottleneck',
    unit: 'short',
    width: 8,
    queries: [
      { expr: ratio(ROW_SECONDS, 'stride_engine_busy_seconds_total', MODEL), legend: 'mean rows' },
      { expr: quantile(0.95, 'stride_engine_step_rows', MODEL), legend: 'p95 rows' },
    ],
  }),
  timeseries({
    title: 'Rows in the engines',
    description: 'stride_engine_rows_running and stride_engine_rows_waiting by priority',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [
      { expr: `sum by (priority) (stride_engine_rows_running${MODEL})`, legend: 'running {{priority}}' },
      { expr: `sum by (priority) (stride_engine_rows_waiting${MODEL})`, legend: 'waiting {{priority}}' },
    ],
  }),
  timeseries({
    title: 'Engine busy',
    description: 'stride_engine_busy_ratio: time inside the backend. Low at a long queue: the worker is starved',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: 'avg by (instance) (stride_engine_busy_ratio)', legend: '{{instance}}' }],
  }),
];
