import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import openapiTS, { astToString } from 'openapi-typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../app.module.js';
import { StrideFastifyAdapter } from '../http/adapter/fastify-adapter.js';
import { createDocument } from './document.js';
import {
  ApiKeyLimits,
  ApiKeyRotation,
  NewApiKeyRequest,
  AliasRequest,
  BulkCancelRequest,
  BulkSamplingRequest,
  explanationOf,
  InferenceRequest,
  LoginRequest,
  PolicyInterface,
  SamplingRequest,
  TrainingRequest,
} from '#contract';

describe('The OpenAPI document', () => {
  let document: ReturnType<typeof createDocument>;
  beforeAll(async () => {
    // preview: nothing is constructed and nothing connects
    document = createDocument(
      await NestFactory.create(AppModule, new StrideFastifyAdapter(), { preview: true, logger: false }),
    );
  });

  const operations = () => Object.values(document.paths).flatMap((item) => Object.values(item));

  it('is what the types of libs/client are made of by `npm run generate`', async () => {
    const types = astToString(await openapiTS(JSON.stringify(document), { defaultNonNullable: false }));
    await expect(types).toMatchFileSnapshot('../../../../libs/client/src/schema.ts');
  });

  it('is version 3.1 and names every operation once', () => {
    expect(document.openapi).toBe('3.1.0');
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('refers only to components that it has', () => {
    const text = JSON.stringify(document);
    const references = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(([, kind, name]) => `${kind}/${name}`),
    );
    const components = Object.entries({ ...document.components }).flatMap(([kind, entries]) =>
      Object.keys({ ...entries }).map((name) => `${kind}/${name}`),
    );
    expect([...references].filter((reference) => !components.includes(reference))).toEqual([]);
    expect(text).not.toContain('#/$defs/');
    expect(text).not.toContain('nullable');
  });

  const entries = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'put', 'post', 'delete', 'patch'] as const).flatMap((method) => {
        const operation = item[method];
        return operation === undefined ? [] : [{ path, method, ...operation }];
      }),
    );

  it('says of every operation what it does, what it answers and how it refuses', () => {
    for (const { path, operationId, responses, summary, description } of entries()) {
      expect(summary, operationId).toBeTruthy();
      expect(description, operationId).toMatch(/^[A-Z].{20,}\. Needs (?:no key|a key with the scope `[a-z:]+`)\.$/);
      const statuses = Object.keys(responses);
      expect(
        statuses.some((status) => status.startsWith('2')),
        operationId,
      ).toBe(true);
      expect(statuses, operationId).toEqual(expect.arrayContaining(['400', '500', '503']));
      const refusal = path.startsWith('/v2') ? 'InferenceError' : 'Problem';
      expect(responses.default, operationId).toEqual({ $ref: `#/components/responses/${refusal}` });
    }
  });

  it('says which key each operation needs, and of those that need one that it may be refused', () => {
    expect(document.components?.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } });
    for (const { operationId, responses, description, security, tags } of entries()) {
      const isOpen = description?.endsWith('Needs no key.');
      expect(
        security?.some((way) => 'apiKey' in way),
        operationId,
      ).toBe(!isOpen);
      // a login is where a key is judged, though none is needed to come there
      expect(Object.hasOwn(responses, '401'), operationId).toBe(!isOpen || tags?.includes('Session'));
    }
    expect(JSON.stringify(document)).not.toContain('"x-');
  });

  it("says what takes the dashboard's login, and which of it needs the header of the page as well", () => {
    expect(document.components?.securitySchemes).toMatchObject({
      pageSession: { type: 'apiKey', in: 'cookie', name: 'stride_session' },
      page: { type: 'apiKey', in: 'header', name: 'X-Stride-Page' },
    });
    const ways = (name?: string) => entries().find(({ operationId }) => operationId === name)?.security;
    expect(['logIn', 'readSession', 'logOut'].map(ways)).toEqual([
      [{ page: [] }],
      [{ pageSession: [] }],
      [{ pageSession: [], page: [] }],
    ]);
    for (const { operationId, method, security = [], tags } of entries()) {
      if (security.length === 0 || tags?.includes('Session')) continue;
      const bySession = method === 'get' ? { pageSession: [] } : { pageSession: [], page: [] };
      expect(security, operationId).toEqual([{ apiKey: [] }, bySession]);
    }
  });

  const resolved = (response: unknown): object => {
    const name = String(Object(response).$ref).split('/').at(-1) ?? '';
    return Object(document.components?.responses?.[name] ?? response);
  };
  const descriptionOf = (response: unknown): string => String(Reflect.get(resolved(response), 'description'));

  it('names the codes of each status, in the words that they have everywhere', () => {
    const described = entries().flatMap(({ operationId, responses }) =>
      Object.entries(responses).flatMap(([status, response]) =>
        [...descriptionOf(response).matchAll(/^`(?<code>\w+)`: (?<means>.*)$/gm)].map(({ groups }) => ({
          operationId,
          status: Number(status),
          ...groups,
        })),
      ),
    );
    expect(described.length).toBeGreaterThan(1_000);
    for (const { operationId, status, ...groups } of described) {
      const { code, means } = groups as { code: string; means: string };
      expect(explanationOf(code), operationId).toMatchObject({ status, means });
    }
  });

  it('says of each answer which headers it has', () => {
    const responseOf = (path: string, method: 'get' | 'post', status: string) =>
      Object.keys(Object(resolved(document.paths[path]?.[method]?.responses[status])).headers);
    expect(responseOf('/v1/sampling-jobs', 'post', '202')).toEqual(
      expect.arrayContaining(['Location', 'Idempotency-Replayed', 'Preference-Applied', 'X-Request-Id', 'RateLimit']),
    );
    expect(responseOf('/v1/sampling-jobs', 'post', '429')).toContain('Retry-After');
    expect(responseOf('/v1/sampling-jobs/{id}/result', 'get', '200')).toContain('ETag');
    const headers = Object.values({ ...document.components?.headers });
    expect(headers.every((header) => 'description' in header && header.description)).toBe(true);
  });

  it('describes every field of every body, and every parameter, in a few words', () => {
    const fields = [...describables({ ...document.components?.schemas }), ...describables(document.paths)];
    expect(fields.length).toBeGreaterThan(350);
    const wordless = fields.filter(({ description }) => description.length === 0 || description.length > 300);
    expect(wordless.map(({ path }) => path)).toEqual([]);
  });

  it('has an example for every JSON body of a request that the schema of the body takes', () => {
    const bodies = operations().flatMap(({ requestBody }) => requestBody?.content?.['application/json']?.schema ?? []);
    expect(bodies.length).toBeGreaterThanOrEqual(4);
    const names = bodies.map((schema) => String(schema.$ref).split('/').at(-1) ?? '');
    const schemas = {
      SamplingRequest,
      BulkCancelRequest,
      BulkSamplingRequest,
      InferenceRequest,
      TrainingRequest,
      AliasRequest,
      NewApiKeyRequest,
      ApiKeyRotation,
      ApiKeyLimits,
      PolicyInterface,
      LoginRequest,
    };
    expect(new Set(names)).toEqual(new Set(Object.keys(schemas)));
    for (const [name, schema] of Object.entries(schemas)) {
      const { example } = Object(document.components?.schemas?.[name]);
      expect(schema.safeParse(example).error, name).toBeUndefined();
    }
  });

  it('says of a result which form has which body', () => {
    const content = document.paths['/v1/sampling-jobs/{id}/result']?.get?.responses['200'];
    const types = Object(content).content;
    expect(Object.keys(types)).toEqual([
      'application/json',
      'application/vnd.stride.tensor+json',
      'application/x-npy',
      'application/vnd.safetensors',
    ]);
    for (const type of ['application/x-npy', 'application/vnd.safetensors'])
      expect(types[type].schema).toEqual({ type: 'string', format: 'binary' });
    expect(types['application/json'].schema).toMatchObject({ type: 'array' });
    expect(types['application/vnd.stride.tensor+json'].schema).toEqual({ $ref: '#/components/schemas/EncodedTensor' });
  });

  it('shows a sampling request with its limits', () => {
    expect(document.components?.schemas?.SamplingRequest).toMatchObject({
      required: ['model'],
      additionalProperties: false,
      properties: { samplesPerObservation: { type: 'integer', minimum: 1, default: 1 } },
    });
  });
});

/** Every property and parameter below a part of the document, with its path there and its description. */
function describables(part: unknown, path = ''): Array<{ path: string; description: string }> {
  if (Array.isArray(part)) return part.flatMap((entry) => describables(entry, path));
  if (typeof part !== 'object' || part === null) return [];
  const own = Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'properties')
      return Object.entries(Object(value)).map(([field, schema]) => describable(`${path}.${field}`, schema));
    if (name === 'parameters' && Array.isArray(value))
      return value.map((parameter: unknown) => describable(`${path} ${Object(parameter).name}`, parameter));
    return [];
  });
  return [...own, ...Object.entries(part).flatMap(([name, value]) => describables(value, `${path}/${name}`))];
}

function describable(path: string, value: unknown): { path: string; description: string } {
  const { description, schema } = Object(value);
  return { path, description: String(description ?? Object(schema).description ?? '') };
}
