import type { Registry } from 'prom-client';
import { HTTP_SECONDS } from './buckets.js';
import { Counter, Histogram } from './instruments.js';

const FIRST_REFUSAL = 400;

/**
 * HTTP requests of the API. A histogram has a series for each bucket and combination of labels, so it leaves
 * the status to the counter. Refusals, which take no time, would hide how long the others take.
 */
export class HttpMetrics {
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #seconds: Histogram<'method' | 'route'>;

  constructor(registry: Registry) {
    this.#requests = new Counter(registry, {
      name: 'http_requests_total',
      help: 'HTTP requests by route pattern and status of the answer',
      labelNames: ['method', 'route', 'status'],
    });
    this.#seconds = new Histogram(registry, {
      name: 'http_request_duration_seconds',
      help: 'HTTP requests that were not refused (status below 400), until the last byte was handed to the socket',
      labelNames: ['method', 'route'],
      buckets: HTTP_SECONDS,
    });
  }

  /** @param route the pattern of the route, never the path */
  observe(method: string, route: string, status: number, seconds: number): void {
    this.#requests.inc({ method, route, status: String(status) });
    if (status < FIRST_REFUSAL) this.#seconds.observe({ method, route }, seconds);
  }
}
