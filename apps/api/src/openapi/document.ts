import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { InferenceError, Problem } from '#contract';
import { z } from 'zod';
import { isOpenInference } from '../http/error-answer.js';

const JSON_SCHEMA_TARGET = 'draft-2020-12';

/**
 * The OpenAPI 3.1 document of every route, with the zod schemas as its components.
 * @param server what the paths are under
 */
export function createDocument(app: INestApplication, server = '/'): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Stride')
    .setDescription('Train and sample DDIM diffusion models through a work queue.')
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(server)
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: convertSchema,
    operationIdFactory: (_controller, method) => method,
  });
  addRefusals(document);
  correctQueryDefaults(document);
  return document;
}

/**
 * OpenAPI 3.1 schemas are JSON Schema 2020-12, which zod writes itself; Nest's own conversion aims at 3.0.
 */
function convertSchema(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $defs,
    $schema: _dialect,
    ...converted
  } = z.toJSONSchema(schema, { target: JSON_SCHEMA_TARGET, io: schemaType, override: keepExamples });
  return { schema: converted, components: withoutIds({ ...$defs }) };
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

function withoutIds(definitions: Record<string, z.core.JSONSchema.JSONSchema>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(definitions).map(([name, { id: _id, ...rest }]) => [name, rest]));
}

/** What a refusal is, by the form of its body; one shared response says so in every operation. */
const REFUSALS = {
  Problem: {
    schema: Problem,
    type: 'application/problem+json',
    description: 'The request was refused; `code` says why.',
  },
  InferenceError: { schema: InferenceError, type: 'application/json', description: 'The request was refused.' },
};

/** Every operation may end in a refusal. */
function addRefusals(document: OpenAPIObject): void {
  for (const [name, { schema, type, description }] of Object.entries(REFUSALS)) {
    const { $schema: _dialect, $defs, $ref: _ref, ...inline } = z.toJSONSchema(schema, { target: JSON_SCHEMA_TARGET });
    const component = withoutIds({ [name]: $defs?.[name] ?? inline })[name];
    const content = { [type]: { schema: { $ref: `#/components/schemas/${name}` } } };
    document.components = {
      ...document.components,
      schemas: { ...document.components?.schemas, [name]: { ...Object(component) } },
      responses: { ...document.components?.responses, [name]: { description, content } },
    };
  }
  for (const [path, item] of Object.entries(document.paths))
    for (const operation of operationsOf(item))
      operation.responses['default'] = {
        $ref: `#/components/responses/${isOpenInference(path) ? 'InferenceError' : 'Problem'}`,
      };
}

/** Nest marks a query parameter with a default as required. */
function correctQueryDefaults(document: OpenAPIObject): void {
  for (const operation of operations(document)) {
    for (const parameter of operation.parameters ?? []) {
      if ('in' in parameter && parameter.in === 'query' && 'default' in { ...parameter.schema })
        parameter.required = false;
    }
  }
}

function operations(document: OpenAPIObject) {
  return Object.values(document.paths).flatMap(operationsOf);
}

function operationsOf({ get, put, post, delete: remove }: OpenAPIObject['paths'][string]) {
  return [get, put, post, remove].filter((operation) => operation !== undefined);
}
