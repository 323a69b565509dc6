import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { convertSchema } from './convert-schema.js';
import { operationsOf } from './operations.js';
import { describeRefusals } from './refusals.js';
import { addHeaders, headers } from './response-headers.js';
import { describeAccess, needsKey } from './security.js';

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
    standardSchemaConverter: (schema, { schemaType }) => {
      if (!(schema instanceof z.ZodType)) return undefined;
      const { schemas, ...converted } = convertSchema(schema, schemaType);
      return { ...converted, components: schemas };
    },
    operationIdFactory: (_controller, method) => method,
  });
  addHeaders(document);
  describeAccess(document);
  describeRefusals(document);
  describeAnswers(document);
  correctQueryDefaults(document);
  return document;
}

/** Nest marks a query parameter with a default as required. */
function correctQueryDefaults(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    for (const parameter of operation.parameters ?? []) {
      if ('in' in parameter && parameter.in === 'query' && 'default' in { ...parameter.schema })
        parameter.required = false;
    }
  }
}

/** What every answer carries. */
function describeAnswers(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (response === undefined || '$ref' in response || !/^[23]/.test(status)) continue;
      const limits = needsKey(operation) ? (['RateLimit', 'RateLimit-Policy'] as const) : [];
      response.headers = { ...response.headers, ...headers('X-Request-Id', ...limits) };
    }
  }
}
