import { z } from 'zod';

/** A field that may be left out or `null` on the wire, and is `undefined` inside. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}
