import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { fieldErrors } from './field-errors.js';
import { HttpProblem } from './problem.js';

// A tensor of a thousand wrong numbers must not become a megabyte of messages.
const MAX_ERRORS = 20;

/** Parses each argument that names a schema. A wrong path parameter is a wrong id, anything else a failed validation. */
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
 * @throws HttpProblem `unknown_field` when a member is not in the schema, else `validation_failed`; both name every path
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw validationProblem(schema, parsed.error.issues);
}

function validationProblem(schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): HttpProblem {
  const errors = issues
    .slice(0, MAX_ERRORS)
    .flatMap((issue) => fieldErrors(schema, issue))
    .slice(0, MAX_ERRORS);
  const code = issues.some((issue) => issue.code === 'unrecognized_keys') ? 'unknown_field' : 'validation_failed';
  const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new HttpProblem(code, detail.slice(0, 1_000), { errors });
}
