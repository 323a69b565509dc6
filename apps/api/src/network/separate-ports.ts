import type { KeyRing } from '../access/key-ring.js';
import type { Middleware } from '../http/middleware.js';
import { HttpProblem } from '../http/problem.js';
import { decodedPathOf, pathOf } from '../http/request-path.js';
import { cameByManagement, type ManagementPort } from './management-port.js';

/** Paths of the management port alone, as they are routed: in any case, with or without a last slash. */
const FOR_OPERATORS = /^\/(?:metrics|queues)(?:\/|$)/i;
/** The same once there are keys: a cookie is no way in where everybody comes. */
const OF_THE_PAGE = /^\/(?:$|(?:assets|v1\/session)(?:\/|$))/i;
const ON_MANAGEMENT = /^\/(?:metrics|queues|health|v1\/workers\/targets)(?:\/|$)/i;
/** The dashboard, and what it asks and links to. */
const FOR_THE_PAGE = /^\/(?:$|(?:assets|v1|docs|openapi\.json)(?:\/|$))/i;

/** Once there are two ports, each has its own routes; what belongs to the other is not there. */
export function separatePorts(
  management: Pick<ManagementPort, 'isApart' | 'hasPage'>,
  keys: Pick<KeyRing, 'isOn'>,
): Middleware {
  const isOnManagement = (path: string) => ON_MANAGEMENT.test(path) || (management.hasPage && FOR_THE_PAGE.test(path));
  const isElsewhere = (path: string) =>
    (management.isApart && FOR_OPERATORS.test(path)) || (keys.isOn && OF_THE_PAGE.test(path));
  return (request, _response, next) => {
    const isThere = cameByManagement(request) ? isOnManagement(pathOf(request)) : !isElsewhere(decodedPathOf(request));
    if (isThere) next();
    else next(new HttpProblem('not_found', 'there is no such route on this port'));
  };
}
