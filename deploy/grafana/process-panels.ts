import { timeseries } from './panels.js';

/** What would bring the processes down. */
export const processPanels = [
  timeseries({
    title: 'Memory',
    description: 'process_resident_memory_bytes of API and workers',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: 'process_resident_memory_bytes{job=~"stride-.*"}', legend: '{{job}} {{instance}}' }],
  }),
  timeseries({
    title: 'Event-loop lag, p99',
    description: 'nodejs_eventloop_lag_p99_seconds: above 50 ms something blocks the process',
    unit: 's',
    width: 8,
    queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job=~"stride-.*"}', legend: '{{job}} {{instance}}' }],
  }),
  timeseries({
    title: 'Redis memory',
    description: 'stride_redis_memory_ratio: above 0.8 new jobs are refused',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: 'max(stride_redis_memory_ratio)', legend: 'used / maxmemory' }],
  }),
];
