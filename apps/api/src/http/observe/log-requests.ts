import { Logger } from '@nestjs/common';
import { findCaller } from '../../access/caller.js';
import type { RouteTable } from '../adapter/route-table.js';
import type { Middleware } from '../middleware.js';
import { requestId } from '../request-id.js';

const TRACE = /^00-([0-9a-f]{32})-/;

/**
 * A line of the log for each answer: who asked by which key, for which route, and what came of it. None of it
 * is the client's own text, apart from an id of letters and digits.
 */
export function logRequests(routes: RouteTable): Middleware {
  const logger = new Logger('access');
  return (request, response, next) => {
    const started = performance.now();
    const { socket, method = '' } = request;
    const sentBefore = socket.bytesWritten;
    response.once('close', () => {
      const route = routes.patternOf(request) ?? 'none';
      const keyId = findCaller(request)?.keyId;
      const [, traceId] = TRACE.exec(String(response.getHeader('traceparent') ?? '')) ?? [];
      logger.log({
        requestId: requestId(response),
        method,
        route,
        status: response.statusCode,
        ms: Math.round(10 * (performance.now() - started)) / 10,
        bytes: socket.bytesWritten - sentBefore,
        ...(keyId !== undefined && { keyId }),
        ...(traceId !== undefined && { traceId }),
        ...(!response.writableFinished && { clientGone: 1 }),
        message: `${method} ${route} ${response.statusCode}`,
      });
    });
    next();
  };
}
