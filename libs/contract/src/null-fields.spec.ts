import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ImportConfig } from './models/model-import.js';
import { AliasRequest } from './models/model.js';
import { BulkSamplingRequest } from './sampling/bulk-sampling.js';
import { SamplingRequest } from './sampling/sampling-request.js';
import { TrainingRequest } from './training/training-request.js';

type Json = Readonly<Record<string, unknown>>;
interface Field {
  readonly path: readonly string[];
  /** The path of an alternative's field is not named: the whole value fits none of them. */
  readonly inUnion: boolean;
}

const SCHEMAS = { SamplingRequest, BulkSamplingRequest, TrainingRequest, AliasRequest, ImportConfig };

/** Every field that a schema names, at any depth. */
function fieldsOf(schema: z.ZodType): readonly Field[] {
  const root: Json = z.toJSONSchema(schema, { io: 'input' });
  const walk = (node: Json, path: readonly string[], inUnion: boolean): readonly Field[] => {
    const name = typeof node.$ref === 'string' ? node.$ref.split('/').at(-1) : undefined;
    if (name !== undefined && node.$ref !== '#') return walk(Object(root.$defs)[name], path, inUnion);
    const alternatives = [node.anyOf, node.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
    const own = Object.entries<Json>(Object(node.properties)).flatMap(([field, value]) => [
      { path: [...path, field], inUnion },
      ...walk(value, [...path, field], inUnion),
    ]);
    return [...own, ...alternatives.flatMap((alternative: Json) => walk(alternative, path, true))];
  };
  return walk(root, [], false);
}

/** A body that is null at the path and has nothing else. */
function nullAt([field, ...rest]: readonly string[]): unknown {
  return field === undefined ? null : { [field]: nullAt(rest) };
}

describe.each(Object.entries(SCHEMAS))('null in %s', (_, schema) => {
  const fields = fieldsOf(schema);

  it('is looked for in fields', () => {
    expect(fields.length).toBeGreaterThan(0);
  });

  it.each(fields.map((field) => [field.path.join('.'), field] as const))('is refused as %s', (name, field) => {
    const parsed = schema.safeParse(nullAt(field.path));
    const paths = parsed.error?.issues.map(({ path }) => path.join('.')) ?? [];
    const named = field.inUnion ? paths.filter((path) => name.startsWith(path) && path !== '') : paths;
    if (field.inUnion) expect(named, paths.join()).not.toEqual([]);
    else expect(named).toContain(name);
  });
});
