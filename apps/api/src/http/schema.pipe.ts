import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { MAX_ISSUES } from '#contract';
import { fieldErrors } from './field-errors.js';
import { HttpProblem } from './problem.js';

const MAX_DETAIL = 1_000;

/**
 * Parses each argument that names a schema. A wrong path parameter is a wrong id, anything else a failed
 * validation.
 */
@Injectable()
export class SchemaPipe implements PipeTransform<unknown, unknown> {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    if (type !== 'param') return parseRequest(schema, value);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new HttpProblem('invalid_id', `${data ?? 'path'}: ${parsed.error.issues[0]?.message ?? 'not valid'}`);
  }
}

/**
 * A client's value as the schema gives it.
 * @param maxErrors how many wrong fields the refusal names
 * @throws HttpProblem `unknown_field` when a member is not in the schema, else `validation_failed`; both name
 * the wrong fields
 */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  maxErrors: number = MAX_ISSUES,
): z.output<Schema> {
  const parsed = parseSafely(schema, value);
  if (parsed.success) return parsed.data;
  // Looked at again for what stands at fault: to ask for it at once makes each parse twice as slow.
  const { error } = schema.safeParse(value, { reportInput: true });
  throw validationProblem(schema, error?.issues ?? parsed.error.issues, maxErrors);
}

/**
 * zod compares the `length` of whatever it finds where a text or a list should be, and throws if that is an
 * object.
 */
function parseSafely<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  try {
    return schema.safeParse(value);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new HttpProblem('validation_failed', 'an object stands where a text or a list is expected', { cause });
  }
}

function validationProblem(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], maxErrors: number): HttpProblem {
  const errors = issues.slice(0, maxErrors).flatMap((issue) => fieldErrors(schema, issue));
  const listed = errors.slice(0, maxErrors);
  const code = issues.some((issue) => issue.code === 'unrecognized_keys') ? 'unknown_field' : 'validation_failed';
  const texts = listed.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  if (issues.length > maxErrors || errors.length > listed.length) texts.push('and more');
  return new HttpProblem(code, texts.join('; ').slice(0, MAX_DETAIL), { errors: listed });
}
