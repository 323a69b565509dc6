import { errorRatio, MODEL, perSecond, quantile, STEP } from './queries.js';
import { stat } from './panels.js';

/** The six numbers to look at first. */
export const summaryPanels = [
  stat({
    title: 'Samples/s',
    description: 'stride_samples_total: rows finished per second',
    unit: 'short',
    width: 4,
    queries: [
      { expr: perSecond(`stride_samples_total{finish_reason="completed",model=~"$model"}`), legend: 'samples/s' },
    ],
  }),
  stat({
    title: 'Row-steps/s',
    description: 'stride_engine_row_steps_total: rows times denoising steps, the unit of work',
    unit: 'short',
    width: 4,
    queries: [{ expr: perSecond(`stride_engine_row_steps_total${MODEL}`), legend: 'row-steps/s' }],
  }),
  stat({
    title: 'Step p95',
    description: `${STEP}: one batched denoising step`,
    unit: 's',
    width: 4,
    queries: [{ expr: quantile(0.95, STEP, MODEL), legend: 'p95' }],
  }),
  stat({
    title: 'Jobs waiting',
    description: 'bullmq_job_count: jobs that no worker has taken yet',
    unit: 'short',
    width: 4,
    queries: [
      { expr: 'sum(max by (queue, state) (bullmq_job_count{state=~"waiting|prioritized"}))', legend: 'waiting' },
    ],
  }),
  stat({
    title: 'Workers up',
    description: 'up{job="stride-worker"}: workers that answer the scrape',
    unit: 'short',
    width: 4,
    queries: [{ expr: 'sum(up{job="stride-worker"})', legend: 'workers' }],
  }),
  stat({
    title: 'Failed jobs',
    description: 'stride_jobs_finished_total: share of all finished jobs',
    unit: 'percentunit',
    width: 4,
    queries: [{ expr: errorRatio, legend: 'failed' }],
  }),
];
