import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { HttpMetrics } from '#metrics';

/** Counts every answer under its route's pattern; a path that matches no route shares one label. */
export function measureRequests(metrics: HttpMetrics): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const started = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - started) / 1_000;
      metrics.observe(request.method, routePattern(request), response.statusCode, seconds);
    });
    next();
  };
}

function routePattern(request: Request): string {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string' ? path : 'none';
}
