import type { ComponentChildren } from 'preact';
import type { Scope } from '#contract';
import { may } from '../data/session.js';

interface AllowedProps {
  readonly scope: Scope;
  readonly children: ComponentChildren;
}

/** What only a key with the scope can do, shown to nobody else. */
export function Allowed({ scope, children }: AllowedProps) {
  return may(scope) ? <>{children}</> : null;
}
