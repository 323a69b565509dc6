import { mean, perSecond, quantile, queueDepth } from './queries.js';
import { timeseries } from './panels.js';

/** What the clients see: waiting, running, failing. */
export const jobPanels = [
  timeseries({
    title: 'Queue depth',
    description: 'bullmq_job_count: jobs by queue and state',
    unit: 'short',
    width: 8,
    queries: [{ expr: queueDepth, legend: '{{queue}} {{state}}' }],
  }),
  timeseries({
    title: 'Waiting time in the queue, p95',
    description: 'stride_job_queue_seconds: from acceptance to the start',
    unit: 's',
    width: 8,
    queries: [
      {
        expr: quantile(0.95, 'stride_job_queue_seconds', '', ', kind, priority'),
        legend: '{{kind}} {{priority}}',
        exemplar: true,
      },
    ],
  }),
  timeseries({
    title: 'End to end, p95',
    description: 'stride_job_end_to_end_seconds: from acceptance to the result',
    unit: 's',
    width: 8,
    queries: [
      {
        expr: quantile(0.95, 'stride_job_end_to_end_seconds', '', ', kind, priority'),
        legend: '{{kind}} {{priority}}',
        exemplar: true,
      },
    ],
  }),
  timeseries({
    title: 'Mean time of a sampling job by phase',
    description: 'stride_job_queue_seconds and stride_job_run_seconds: where the time goes',
    unit: 's',
    width: 8,
    stacked: true,
    queries: [
      { expr: mean('stride_job_queue_seconds', '{kind="sampling"}'), legend: 'waiting' },
      { expr: mean('stride_job_run_seconds', '{kind="sampling"}'), legend: 'running' },
    ],
  }),
  timeseries({
    title: 'Finished jobs per second',
    description: 'stride_jobs_finished_total by kind and status',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('stride_jobs_finished_total', ' by (kind, status) '), legend: '{{kind}} {{status}}' }],
  }),
];
