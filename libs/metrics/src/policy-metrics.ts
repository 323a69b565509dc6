import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from './instruments.js';

/** A plan, from the answer of a small model at once to a wait in a long queue. */
const PLAN_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What an observation of a robot came to. */
type ObservationEnd = 'planned' | 'superseded' | 'late' | 'refused';

/** Sessions of robots on the policy socket. */
export class PolicyMetrics {
  readonly #sessions: Gauge;
  readonly #refused: Counter<'status'>;
  readonly #observations: Counter<'end'>;
  readonly #seconds: Histogram;

  constructor(registry: Registry) {
    this.#sessions = new Gauge(registry, { name: 'stride_policy_sessions', help: 'Sessions that are open' });
    this.#refused = new Counter(registry, {
      name: 'stride_policy_sessions_refused_total',
      help: 'Connections that did not become a session, by the HTTP status of the answer',
      labelNames: ['status'],
    });
    this.#observations = new Counter(registry, {
      name: 'stride_policy_observations_total',
      help: 'Observations by what they came to; refused: also other frames',
      labelNames: ['end'],
    });
    this.#seconds = new Histogram(registry, {
      name: 'stride_policy_plan_seconds',
      help: 'From an observation to its plan',
      buckets: PLAN_SECONDS,
    });
  }

  sessions(count: number): void {
    this.#sessions.set({}, count);
  }

  sessionRefused(status: number): void {
    this.#refused.inc({ status: String(status) });
  }

  /** @param seconds from an observation to its plan, if there is one */
  observed(end: ObservationEnd, seconds?: number): void {
    this.#observations.inc({ end });
    if (seconds !== undefined) this.#seconds.observe({}, seconds);
  }
}
