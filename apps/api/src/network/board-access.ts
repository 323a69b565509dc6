import type { AccessGuard } from '../access/access.guard.js';
import type { KeyRing } from '../access/key-ring.js';
import type { ApiConfig } from '../api-config.js';
import { isLoopback } from '../http/loopback.js';
import type { Middleware } from '../http/middleware.js';
import { HttpProblem } from '../http/problem.js';
import { cameByManagement } from './management-port.js';

/**
 * Who may look at the queue board, which shows everybody's jobs: on a management port of this machine alone,
 * whoever reaches it; elsewhere a key with the scope admin. Browsers ask their users for it as a password.
 */
export function boardAccess(
  { STRIDE_MANAGEMENT_HOST }: Pick<ApiConfig, 'STRIDE_MANAGEMENT_HOST'>,
  keys: Pick<KeyRing, 'isOn'>,
  guard: Pick<AccessGuard, 'middleware'>,
): Middleware {
  const requireAdmin = guard.middleware('admin');
  return (request, response, next) => {
    if (!cameByManagement(request)) return requireAdmin(request, response, next);
    if (isLoopback(STRIDE_MANAGEMENT_HOST)) return next();
    if (!keys.isOn) return next(unauthorized('other machines see the queue board with a key, and there is none yet'));
    const password = passwordOf(request.headers.authorization);
    if (password !== undefined) request.headers.authorization = `Bearer ${password}`;
    return requireAdmin(request, response, (error?: unknown) =>
      next(error instanceof HttpProblem && error.status === 401 ? unauthorized(error.message, error.code) : error),
    );
  };
}

function passwordOf(authorization = ''): string | undefined {
  const [, encoded] = /^Basic +([\w+/=-]{1,400}) *$/i.exec(authorization) ?? [];
  return encoded === undefined
    ? undefined
    : Buffer.from(encoded, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '');
}

function unauthorized(detail: string, code = 'unauthorized'): HttpProblem {
  return new HttpProblem(code, detail, { headers: { 'WWW-Authenticate': 'Basic realm="stride", charset="UTF-8"' } });
}
