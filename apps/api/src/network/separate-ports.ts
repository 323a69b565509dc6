import type { Middleware } from '../http/middleware.js';
import { HttpProblem } from '../http/problem.js';
import { decodedPathOf, pathOf } from '../http/request-path.js';
import { cameByManagement, type ManagementPort } from './management-port.js';

/** Paths of the management port alone, as they are routed: in any case, with or without a last slash. */
const FOR_OPERATORS = /^\/(?:(?:metrics|queues|assets)(?:\/|$)|$)/i;
const ON_MANAGEMENT = /^\/(?:metrics|queues|health|v1\/workers\/targets)(?:\/|$)/i;

/** Once there are two ports, each has its own routes; what belongs to the other is not there. */
export function separatePorts(management: Pick<ManagementPort, 'isApart'>): Middleware {
  return (request, _response, next) => {
    const isThere = cameByManagement(request)
      ? ON_MANAGEMENT.test(pathOf(request))
      : !(management.isApart && FOR_OPERATORS.test(decodedPathOf(request)));
    if (isThere) next();
    else next(new HttpProblem('not_found', 'there is no such route on this port'));
  };
}
