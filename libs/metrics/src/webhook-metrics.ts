import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from './instruments.js';

/** What came of one attempt at a delivery; `failed` was the last one. */
export type WebhookOutcome = 'delivered' | 'retried' | 'failed' | 'disabled';

/** From the end of a job until its receiver has it: at once, or after hours of attempts. */
const DELIVERY_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 36_000, 86_400];

/** Deliveries of webhooks; no label says whose they are. */
export class WebhookMetrics {
  readonly #attempts: Counter<'outcome'>;
  readonly #seconds: Histogram;
  readonly #waiting: Gauge;

  constructor(registry: Registry) {
    this.#attempts = new Counter(registry, {
      name: 'stride_webhook_attempts_total',
      help: 'Attempts at deliveries: delivered, retried later, failed for good, disabled by the receiver',
      labelNames: ['outcome'],
    });
    this.#seconds = new Histogram(registry, {
      name: 'stride_webhook_delivery_seconds',
      help: 'Seconds from the end of a job until its receiver has taken the delivery',
      buckets: DELIVERY_SECONDS,
    });
    this.#waiting = new Gauge(registry, {
      name: 'stride_webhook_deliveries_waiting',
      help: 'Deliveries that wait for an attempt, of all API processes together',
    });
  }

  attempted(outcome: WebhookOutcome): void {
    this.#attempts.inc({ outcome });
  }

  delivered(seconds: number): void {
    this.#seconds.observe({}, Math.max(seconds, 0));
  }

  waiting(count: number): void {
    this.#waiting.set({}, count);
  }
}
