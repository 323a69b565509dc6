import type { z } from 'zod';
import { assertNever } from '#ddim';
import { MAX_ISSUES } from '#contract';
import type { FieldError } from './problem.js';
import { rangeAt } from './number-range.js';

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

const MAX_TEXT = 60;

/**
 * What a schema has against a value, field by field: what is expected there, a number's whole range, and what
 * came. The issues must carry their input (zod's `reportInput`). Free text does not come back: it may hold a
 * secret, and its length says enough.
 */
export function fieldErrors(schema: Schema, issue: Issue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'invalid_union') return unionErrors(schema, issue);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: messageOf(schema, issue) }];
  return issue.keys
    .slice(0, MAX_ISSUES + 1)
    .map((key) => ({ path: [...path, key.slice(0, 100)].join('.'), message: 'unknown field' }));
}

function messageOf(
  schema: Schema,
  issue: Exclude<Issue, z.core.$ZodIssueInvalidUnion | z.core.$ZodIssueUnrecognizedKeys>,
): string {
  const expected = issue.message.replace(/^(Invalid (input|option|number|string)|Too (big|small)): /, '');
  switch (issue.code) {
    case 'custom':
      return expected; // says itself what came
    case 'invalid_type':
      return `expected ${rangeAt(schema, issue.path) ?? issue.expected}, got ${describe(issue.input)}`;
    case 'too_big':
    case 'too_small': {
      const range = rangeAt(schema, issue.path);
      return `${range === undefined ? expected : `expected ${range}`}, got ${sizeOf(issue.input)}`;
    }
    case 'invalid_format':
      return issue.format === 'regex' ? `${expected}, got ${describe(issue.input)}` : expected;
    case 'not_multiple_of':
    case 'invalid_value':
    case 'invalid_key':
    case 'invalid_element':
      return `${expected}, got ${describe(issue.input)}`;
    default:
      return assertNever(issue);
  }
}

/** The alternative that got furthest into the value says it best; where none got anywhere, all of them do. */
function unionErrors(schema: Schema, union: z.core.$ZodIssueInvalidUnion): FieldError[] {
  const inside = union.errors.flat().filter(({ path, input }) => path.length > 0 && input !== undefined);
  const [deepest] = inside.sort((left, right) => right.path.length - left.path.length);
  if (deepest !== undefined) return fieldErrors(schema, { ...deepest, path: [...union.path, ...deepest.path] });
  const alternatives = new Set(union.errors.flatMap(([first]) => (first ? [alternative(first)] : [])));
  const message = `expected ${[...alternatives].join(' or ')}, got ${describe(union.input)}`;
  return [{ path: union.path.map(String).join('.'), message }];
}

function alternative(issue: Issue): string {
  if (issue.path.length > 0) return `object with ${issue.path.map(String).join('.')}`;
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'too_big') return `at most ${issue.maximum} elements`;
  if (issue.code === 'too_small') return `at least ${issue.minimum} elements`;
  return issue.code === 'invalid_value' ? issue.values.map(String).join(' or ') : issue.code.replaceAll('_', ' ');
}

function sizeOf(input: unknown): string {
  return typeof input === 'string' || Array.isArray(input) ? String(input.length) : describe(input);
}

/** A value in a few words, however large it is. */
function describe(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (Array.isArray(input)) return `a list of ${input.length}`;
  if (typeof input === 'string')
    return JSON.stringify(input.length > MAX_TEXT ? `${input.slice(0, MAX_TEXT)}…` : input);
  const isScalar = typeof input === 'number' || typeof input === 'boolean' || input === null;
  return isScalar ? String(input) : 'an object';
}
