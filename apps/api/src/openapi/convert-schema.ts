import { z } from 'zod';

interface ConvertedSchema {
  /** The schema itself, with references to those of its parts that have a name. */
  readonly schema: Record<string, unknown>;
  readonly schemas: Record<string, object>;
}

/** A zod schema as OpenAPI 3.1 has it, which is JSON Schema 2020-12; Nest's own conversion aims at 3.0. */
export function convertSchema(given: z.ZodType, io: 'input' | 'output'): ConvertedSchema {
  const {
    $defs,
    $schema: _dialect,
    ...schema
  } = z.toJSONSchema(given, { target: 'draft-2020-12', io, override: keepExamples });
  const schemas = Object.entries({ ...$defs }).map(([name, { id: _id, ...rest }]) => [name, rest] as const);
  return { schema, schemas: Object.fromEntries(schemas) };
}

/** Zod leaves examples out where a schema transforms its input; ours are examples of the input. */
function keepExamples({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodType;
  jsonSchema: { examples?: unknown };
}): void {
  const examples = z.globalRegistry.get(zodSchema)?.examples;
  if (examples !== undefined) jsonSchema.examples = examples;
}
