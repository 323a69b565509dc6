import type { Range } from '#ddim';
import { z } from 'zod';

/** A number in a range of the vocabulary. */
export function number(range: Range): z.ZodNumber {
  return within(z.number(), range);
}

/** A whole number in a range of the vocabulary. */
export function integer(range: Range): z.ZodInt {
  return within(z.int(), range);
}

function within<Schema extends z.ZodNumber>(schema: Schema, { min, above, max, below }: Range): Schema {
  let bounded = schema;
  if (min !== undefined) bounded = bounded.min(min);
  if (above !== undefined) bounded = bounded.gt(above);
  if (max !== undefined) bounded = bounded.max(max);
  if (below !== undefined) bounded = bounded.lt(below);
  return bounded;
}
