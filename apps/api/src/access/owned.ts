import { DEFAULT_OWNER } from '#contract';
import { HttpProblem } from '../http/problem.js';
import { maySee, type Caller } from './caller.js';

/** Something with a record in the store; one from before there were owners has none. */
interface Owned {
  readonly owner?: string | undefined;
}

/** Whether a caller may know of a thing. */
export function seesOwned(caller: Caller, { owner = DEFAULT_OWNER }: Owned): boolean {
  return maySee(caller, owner);
}

/** A thing that its caller may see. @throws what `missing` makes, as if there were none */
export function requireSeen<Thing extends Owned>(caller: Caller, thing: Thing, missing: () => Error): Thing {
  if (seesOwned(caller, thing)) return thing;
  throw missing();
}

/** @throws HttpProblem `name_taken` when a name is somebody else's */
export function requireName(caller: Caller, name: string, owner: string | undefined): void {
  if (seesOwned(caller, { owner })) return;
  throw new HttpProblem('name_taken', `the name ${name} is taken`);
}
