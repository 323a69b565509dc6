import { heatmap, timeseries } from './panels.js';
import { MODEL, perSecond, quantile, RATE, STEP } from './queries.js';

/** What each worker does. */
export const workerPanels = [
  timeseries({
    title: 'Row-steps per second by worker',
    description: 'stride_engine_row_steps_total: the work done, whatever the jobs look like',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond(`stride_engine_row_steps_total${MODEL}`, ' by (instance) '), legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Engine threads',
    description: 'stride_engine_busy_ratio of each thread: time inside the backend. Low at a long queue: it is starved',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: 'stride_engine_busy_ratio', legend: '{{instance}} thread {{thread}}' }],
  }),
  timeseries({
    title: 'Step latency by worker, p99',
    description: `${STEP}: one denoising step of one batch. One worker above the others: its machine is slower or shared`,
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.99, STEP, MODEL, ', instance'), legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Rows in the engines by worker',
    description: 'stride_engine_rows_running and stride_engine_rows_waiting',
    unit: 'short',
    width: 8,
    queries: [
      { expr: `sum by (instance) (stride_engine_rows_running${MODEL})`, legend: '{{instance}} running' },
      { expr: `sum by (instance) (stride_engine_rows_waiting${MODEL})`, legend: '{{instance}} waiting' },
    ],
  }),
  timeseries({
    title: 'Steps per backend call, p50',
    description: 'stride_engine_macro_step_steps: many where nothing else waits, few where jobs come and go',
    unit: 'short',
    width: 8,
    queries: [{ expr: quantile(0.5, 'stride_engine_macro_step_steps', '', ', instance'), legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Workers that take no jobs',
    description: 'stride_intake_paused by cause; health/ready of the worker gives the reason',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'sum by (cause) (stride_intake_paused)', legend: '{{cause}}' }],
  }),
  timeseries({
    title: 'GPUs: load and memory',
    description:
      'stride_device_utilization_ratio and the share of stride_device_memory_bytes that is used, where NVIDIA’s driver says it. Low at a long queue: it is starved',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [
      { expr: 'stride_device_utilization_ratio', legend: '{{instance}} {{device}} load' },
      {
        expr: 'stride_device_memory_used_bytes / stride_device_memory_bytes',
        legend: '{{instance}} {{device}} memory',
      },
    ],
  }),
  timeseries({
    title: 'GPUs: power',
    description: 'stride_device_power_watts: what each GPU draws',
    unit: 'watt',
    width: 8,
    queries: [{ expr: 'stride_device_power_watts', legend: '{{instance}} {{device}}' }],
  }),
  timeseries({
    title: 'GPUs: temperature',
    description: 'stride_device_temperature_celsius: near its limit a GPU slows down by itself',
    unit: 'celsius',
    width: 8,
    queries: [{ expr: 'stride_device_temperature_celsius', legend: '{{instance}} {{device}}' }],
  }),
  heatmap({
    title: 'Step duration of all workers',
    description: `${STEP}: how often each duration was seen`,
    unit: 's',
    width: 12,
    queries: [{ expr: `sum by (le) (increase(${STEP}_bucket${MODEL}${RATE}))`, legend: '{{le}}' }],
  }),
  heatmap({
    title: 'Rows per step of all workers',
    description: 'stride_engine_step_rows: how full the batches were',
    unit: 'short',
    width: 12,
    queries: [{ expr: `sum by (le) (increase(stride_engine_step_rows_bucket${MODEL}${RATE}))`, legend: '{{le}}' }],
  }),
];
