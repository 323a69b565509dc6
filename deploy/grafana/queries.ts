export const RATE = '[$__rate_interval]';
export const MODEL = '{model=~"$model"}';

/** Sum of a counter's rate; replicas and restarts are taken care of by `rate`. */
export const perSecond = (metric: string, by = ''): string => `sum${by}(rate(${metric}${RATE}))`;
/** Nothing rather than NaN while nothing was observed, which is not at least 0. */
export const quantile = (q: number, histogram: string, labels = '', by = ''): string =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${histogram}_bucket${labels}${RATE}))) >= 0`;
/** Nothing rather than NaN while the other stands still. */
export const ratio = (counter: string, other: string, labels = ''): string =>
  `sum(rate(${counter}${labels}${RATE})) / (sum(rate(${other}${labels}${RATE})) > 0)`;
export const mean = (histogram: string, labels = ''): string => ratio(`${histogram}_sum`, `${histogram}_count`, labels);
/** Every API replica exports the same counts: their maximum, never their sum. */
export const queueDepth = 'max by (queue, state) (bullmq_job_count{state=~"waiting|prioritized|active|delayed"})';
/** 0 rather than nothing while no job fails, or none ends. */
export const errorRatio = `${ratio('stride_jobs_finished_total{status="failed"}', 'stride_jobs_finished_total')} or vector(0)`;

export const STEP = 'stride_engine_step_duration_seconds';
