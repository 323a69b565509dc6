import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';

/** The type that a client likes best of those it can have; undefined when it takes none of them. */
export function preferredType<Type extends string>(
  headers: IncomingMessage['headers'],
  types: readonly Type[],
): Type | undefined {
  if (headers.accept === undefined || headers.accept === '') return types[0];
  const best = new Negotiator({ headers }).mediaType([...types]);
  return types.find((type) => type === best);
}
