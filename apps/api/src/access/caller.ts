import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DEFAULT_OWNER, SCOPES, type ApiKeyLimits, type Scope } from '#contract';
import { HttpProblem } from '../http/problem.js';

/** Who sends a request, and what they may do. */
export interface Caller {
  readonly keyId: string;
  /** Whose the objects are that the request makes or names. */
  readonly owner: string;
  readonly scopes: readonly Scope[];
  /** What the key may use up; absent where there are no keys. */
  readonly limits?: ApiKeyLimits;
}

/** Everybody, where there are no keys. */
export const LOCAL_CALLER: Caller = { keyId: 'local', owner: DEFAULT_OWNER, scopes: SCOPES };

const callers = new WeakMap<IncomingMessage, Caller>();

/** Who sends a request, if it was let in by its key. */
export function findCaller(request: IncomingMessage): Caller | undefined {
  return callers.get(request);
}

/** Who sends a request that was let in. @throws TypeError for one that nobody has looked at: a bug of ours */
function callerOf(request: IncomingMessage): Caller {
  const caller = findCaller(request);
  if (caller === undefined) throw new TypeError('this request was not let in by the guard');
  return caller;
}

/** From now on the request is this caller's. */
export function letIn(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller);
}

/** A parameter of a route: its Caller. */
export const RequestCaller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>().raw),
);

/** Whether a caller may know of what is this owner's. */
export function maySee(caller: Caller, owner: string): boolean {
  return caller.owner === owner || isAdmin(caller);
}

/** Whether a caller sees the objects of every owner. */
export function isAdmin({ scopes }: Caller): boolean {
  return scopes.includes('admin');
}

/** Whether a caller may do what a scope names. */
function hasScope(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes(scope) || isAdmin(caller);
}

/** @throws HttpProblem `forbidden_scope` naming it */
export function requireScope(caller: Caller, scope: Scope): void {
  if (hasScope(caller, scope)) return;
  throw new HttpProblem('forbidden_scope', `this needs a key with the scope ${scope}`, {
    headers: { 'WWW-Authenticate': `Bearer realm="stride", error="insufficient_scope", scope="${scope}"` },
  });
}
