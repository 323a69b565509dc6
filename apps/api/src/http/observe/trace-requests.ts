import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestSpan, Tracing } from '#server';
import type { RouteTable } from '../adapter/route-table.js';
import type { Middleware } from '../middleware.js';
import { requestId } from '../request-id.js';
import { pathOf } from '../request-path.js';

/** Whoever watches the process asks there all day. */
const UPKEEP = /^\/(?:health|metrics|v2\/health|v1\/live)(?:\/|$)/;

/**
 * Serves each request inside a span, part of the client's trace if it sent a `traceparent`, and answers with
 * that of the span. Nothing where there are no traces.
 */
export function traceRequests({ serve }: Tracing, routes: RouteTable): Middleware[] {
  if (serve === undefined) return [];
  const trace: Middleware = (request, response, next) => {
    if (UPKEEP.test(pathOf(request))) return next();
    serve(request.headers, (span) => {
      response.setHeader('traceparent', span.traceparent);
      response.once('close', () => endSpan(span, routes, { request, response }));
      next();
    });
  };
  return [trace];
}

/** Named by the pattern of its route: paths hold ids, and a client chooses those that lead nowhere. */
function endSpan(
  span: RequestSpan,
  routes: RouteTable,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const { method = '' } = request;
  const route = routes.patternOf(request);
  span.end(route === undefined ? method : `${method} ${route}`, {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': response.statusCode,
    'stride.request_id': requestId(response),
    'stride.client_gone': response.writableFinished ? undefined : true,
  });
}
