import { timeseries } from './panels.js';
import { perSecond } from './queries.js';

/** What brings any process down. @param job as Prometheus scrapes it */
const processPanels = (job: string) => [
  timeseries({
    title: 'Memory',
    description: 'process_resident_memory_bytes',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: `process_resident_memory_bytes{job="${job}"}`, legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'CPU',
    description: 'process_cpu_seconds_total: cores in use, threads included',
    unit: 'short',
    width: 8,
    queries: [
      { expr: perSecond(`process_cpu_seconds_total{job="${job}"}`, ' by (instance) '), legend: '{{instance}}' },
    ],
  }),
  timeseries({
    title: 'Event-loop lag, p99',
    description: 'nodejs_eventloop_lag_p99_seconds: above 50 ms something blocks the process',
    unit: 's',
    width: 8,
    queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{job="${job}"}`, legend: '{{instance}}' }],
  }),
];

export const apiProcessPanels = [
  ...processPanels('stride-api'),
  timeseries({
    title: 'Redis memory',
    description: 'stride_redis_memory_ratio: above 0.8 new jobs are refused',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: 'max(stride_redis_memory_ratio)', legend: 'used / maxmemory' }],
  }),
];

export const workerProcessPanels = [
  ...processPanels('stride-worker'),
  timeseries({
    title: 'Models in memory',
    description: 'stride_models_loaded_bytes over all engine threads of each worker',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: 'stride_models_loaded_bytes', legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Artifacts written per second',
    description: 'stride_artifact_written_bytes_total by kind',
    unit: 'Bps',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('stride_artifact_written_bytes_total', ' by (kind) '), legend: '{{kind}}' }],
  }),
  timeseries({
    title: 'Recoveries per minute',
    description:
      'stride_jobs_stalled_total, stride_fence_rejected_total, stride_checkpoint_fallback_total, stride_engine_thread_deaths_total: all zero in quiet times',
    unit: 'short',
    width: 8,
    queries: [
      { expr: `60 * ${perSecond('stride_jobs_stalled_total')}`, legend: 'stalled jobs' },
      { expr: `60 * ${perSecond('stride_fence_rejected_total')}`, legend: 'late results refused' },
      { expr: `60 * ${perSecond('stride_checkpoint_fallback_total')}`, legend: 'older checkpoint used' },
      { expr: `60 * ${perSecond('stride_engine_thread_deaths_total')}`, legend: 'engine threads replaced' },
    ],
  }),
];
