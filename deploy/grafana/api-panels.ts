import { timeseries } from './panels.js';
import { perSecond, quantile } from './queries.js';

const SECONDS = 'http_request_duration_seconds';

/** What clients ask for and what they get. */
export const apiPanels = [
  timeseries({
    title: 'Requests per second',
    description: 'http_requests_total by status of the answer',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('http_requests_total', ' by (status) '), legend: '{{status}}' }],
  }),
  timeseries({
    title: 'Requests per second by route',
    description: 'http_requests_total: the ten routes that are asked most',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: `topk(10, ${perSecond('http_requests_total', ' by (method, route) ')})`,
        legend: '{{method}} {{route}}',
      },
    ],
  }),
  timeseries({
    title: 'Refusals per second',
    description:
      'http_requests_total with a status from 400 on: 429 is a quota, 503 overload or a Redis that is away. The log has the code of each',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: perSecond('http_requests_total{status=~"[45].."}', ' by (status) '), legend: '{{status}}' }],
  }),
  timeseries({
    title: 'Latency',
    description: `${SECONDS} of all routes: until the last byte was handed over; waits for jobs (Prefer: wait) count in full`,
    unit: 's',
    width: 8,
    queries: [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, SECONDS), legend: `p${q * 100}` })),
  }),
  timeseries({
    title: 'Latency by route, p99',
    description: `${SECONDS} of answers that are no refusals`,
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.99, SECONDS, '', ', method, route'), legend: '{{method}} {{route}}' }],
  }),
  timeseries({
    title: 'Waiting work',
    description: 'stride_waiting_row_steps: row-steps of the sampling jobs that wait, by which a fleet grows',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'max(stride_waiting_row_steps)', legend: 'row-steps' }],
  }),
];

/** Robots on the policy socket, and whoever is told of ends. */
export const robotPanels = [
  timeseries({
    title: 'Sessions of robots',
    description: 'stride_policy_sessions: open now',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'sum by (instance) (stride_policy_sessions)', legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Observations per second',
    description: 'stride_policy_observations_total by what they came to: superseded, late and refused ones got no plan',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('stride_policy_observations_total', ' by (end) '), legend: '{{end}}' }],
  }),
  timeseries({
    title: 'From an observation to its plan',
    description: 'stride_policy_plan_seconds: what a robot waits for its next actions',
    unit: 's',
    width: 8,
    queries: [0.5, 0.99].map((q) => ({ expr: quantile(q, 'stride_policy_plan_seconds'), legend: `p${q * 100}` })),
  }),
  timeseries({
    title: 'Webhook deliveries that wait',
    description: 'stride_webhook_deliveries_waiting: ends of jobs that their receivers have not taken',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'max(stride_webhook_deliveries_waiting)', legend: 'deliveries' }],
  }),
];
