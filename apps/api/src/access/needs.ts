import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Scope } from '#contract';

/** Metadata key of what a route asks of its callers. */
export const ACCESS = Symbol('access');

/** Where the OpenAPI document finds the same, until it has written it out. */
export const ACCESS_EXTENSION = 'x-access';

/** What a route asks of its callers: a key with a scope, or nothing. */
export type Access = 'nothing' | NeedsOfKey;

interface NeedsOfKey {
  readonly scope: Scope;
  readonly evenUnsure: boolean;
  /** On the management port everybody is answered: there, Prometheus has no key. */
  readonly isForOperators: boolean;
}

/**
 * The route or controller takes callers whose key has this scope. With `evenUnsure` it answers everybody on a
 * loopback address as long as Redis has not yet said whether there are keys; with `isForOperators` on the
 * management port.
 */
export const Needs = (scope: Scope, { evenUnsure = false, isForOperators = false } = {}) =>
  declare({ scope, evenUnsure, isForOperators });

/** The route or controller answers everybody, with a key or without. */
export const NeedsNoKey = () => declare('nothing');

/** For the guard, and for the description of the route. */
function declare(access: Access) {
  return applyDecorators(SetMetadata<symbol, Access>(ACCESS, access), ApiExtension(ACCESS_EXTENSION, access));
}
