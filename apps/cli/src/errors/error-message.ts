import { StrideError } from '#client';
import { DdimError } from '#ddim';
import { CommandError, UsageError } from './cli-error.js';
import { remedyFor } from './remedies.js';

/** An error as people read it: what is wrong, and on the next line what to do about it. */
export function errorMessage(error: unknown): string {
  const [text, remedy] = described(error);
  return remedy === undefined ? text : `${text}\n${remedy}`;
}

function described(error: unknown): readonly [text: string, remedy?: string | undefined] {
  if (error instanceof UsageError) return [`error: ${error.message}`, '(--help says more)'];
  if (error instanceof CommandError) return [`error: ${error.message}`, error.code && remedyFor(error.code)];
  if (error instanceof StrideError || error instanceof DdimError)
    return [`error: ${error.message} (${error.code})`, remedyFor(error.code)];
  if (error instanceof TypeError && error.message === 'fetch failed')
    return [`error: cannot reach the service (${messageOf(error.cause)})`, remedyFor('unreachable')];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error), UNEXPECTED];
}

/** Whatever has no code is a fault of the program. */
const UNEXPECTED = 'This is a fault of stride: please report it with the lines above and `stride --version`.';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
