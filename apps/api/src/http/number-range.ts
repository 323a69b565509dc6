import { z } from 'zod';

/**
 * The numbers that a schema takes at a path, in words: `an integer in 1..100`; undefined where it takes
 * something else.
 */
export function rangeAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  const number = numberAt(schema, path);
  if (number === undefined) return undefined;
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = z.toJSONSchema(number);
  const kind = type === 'integer' ? 'an integer' : 'a number';
  if (minimum !== undefined && maximum !== undefined) return `${kind} in ${minimum}..${maximum}`;
  const bounds = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return bounds.length === 0 ? kind : `${kind} ${bounds.join(', ')}`;
}

/** Through what may be absent, defaults and transforms; not into a union, which has more than one answer. */
function numberAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.ZodNumber | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return numberAt(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return numberAt(schema.in, path);
  const [key, ...rest] = path;
  if (key === undefined) return schema instanceof z.ZodNumber ? schema : undefined;
  if (schema instanceof z.ZodArray) return numberAt(schema.element, rest);
  const field = schema instanceof z.ZodObject ? schema.shape[String(key)] : undefined;
  return field && numberAt(field, rest);
}
