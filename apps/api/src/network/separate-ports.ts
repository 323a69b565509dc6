import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { HttpProblem } from '../http/problem.js';
import { cameByManagement, type ManagementPort } from './management-port.js';

/** Paths of the management port alone, as Express reads them: in any case, with or without a last slash. */
export const FOR_OPERATORS = /^\/(?:metrics|queues)(?:\/|$)/i;
const ON_MANAGEMENT = /^\/(?:metrics|queues|health|v1\/workers\/targets)(?:\/|$)/i;

/** Once there are two ports, each has its own routes; what belongs to the other is not there. */
export function separatePorts(management: Pick<ManagementPort, 'isApart'>): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    const isThere = cameByManagement(request)
      ? ON_MANAGEMENT.test(request.path)
      : !(management.isApart && FOR_OPERATORS.test(request.path));
    if (isThere) next();
    else next(new HttpProblem('not_found', 'there is no such route on this port'));
  };
}
