import type { HttpMetrics } from '#metrics';
import type { Middleware } from '../middleware.js';
import type { RouteTable } from '../adapter/route-table.js';

/** Counts every answer under its route's pattern; a path that matches no route shares one label. */
export function measureRequests(metrics: HttpMetrics, routes: RouteTable): Middleware {
  return (request, response, next) => {
    const started = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - started) / 1_000;
      metrics.observe(request.method ?? '', routes.patternOf(request) ?? 'none', response.statusCode, seconds);
    });
    next();
  };
}
