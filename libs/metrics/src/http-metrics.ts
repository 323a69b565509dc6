import type { Registry } from 'prom-client';
import { HTTP_SECONDS } from './buckets.js';
import { Histogram } from './instruments.js';

/** HTTP requests of the API. */
export class HttpMetrics {
  readonly #seconds: Histogram<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.#seconds = new Histogram(registry, {
      name: 'http_request_duration_seconds',
      help: 'HTTP requests by route pattern, until the last byte was handed to the socket',
      labelNames: ['method', 'route', 'status'],
      buckets: HTTP_SECONDS,
    });
  }

  /** @param route the pattern of the route, never the path */
  observe(method: string, route: string, status: number, seconds: number): void {
    this.#seconds.observe({ method, route, status: String(status) }, seconds);
  }
}
