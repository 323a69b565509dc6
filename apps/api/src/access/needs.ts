import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Scope } from '#contract';

/** Metadata key of what a route asks of its callers. */
export const ACCESS = Symbol('access');

/** What a route asks of its callers: a key with a scope, or nothing. */
export type Access = 'nothing' | { readonly scope: Scope; readonly evenUnsure: boolean };

/**
 * The route or controller takes callers whose key has this scope. With `evenUnsure` it answers everybody on a
 * loopback address as long as Redis has not yet said whether there are keys.
 */
export const Needs = (scope: Scope, { evenUnsure = false } = {}): CustomDecorator<symbol> =>
  SetMetadata<symbol, Access>(ACCESS, { scope, evenUnsure });

/** The route or controller answers everybody, with a key or without. */
export const NeedsNoKey = (): CustomDecorator<symbol> => SetMetadata<symbol, Access>(ACCESS, 'nothing');
