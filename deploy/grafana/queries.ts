export const RATE = '[$__rate_interval]';
export const MODEL = '{model=~"$model"}';

/** Sum of a counter's rate; replicas and restarts are taken care of by `rate`. */
export const perSecond = (metric: string, by = ''): string => `sum${by}(rate(${metric}${RATE}))`;
export const quantile = (q: number, histogram: string, labels = '', by = ''): string =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${histogram}_bucket${labels}${RATE})))`;
export const ratio = (counter: string, other: string, labels = ''): string =>
  `sum(rate(${counter}${labels}${RATE})) / sum(rate(${other}${labels}${RATE}))`;
export const mean = (histogram: string, labels = ''): string => ratio(`${histogram}_sum`, `${histogram}_count`, labels);
/** Every API replica exports the same counts: their maximum, never their sum. */
export const queueDepth = 'max by (queue, state) (bullmq_job_count{state=~"waiting|prioritized|active|delayed"})';
/** 0 rather than nothing while no job has failed. */
export const errorRatio = `(${perSecond('ddim_jobs_finished_total{status="failed"}')} or vector(0)) / ${perSecond('ddim_jobs_finished_total')}`;

export const STEP = 'ddim_engine_step_duration_seconds';
