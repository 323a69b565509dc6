import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../apps/api/src/app.module.js';
import { createDocument } from '../../apps/api/src/openapi/document.js';

describe('The OpenAPI document', () => {
  let document: ReturnType<typeof createDocument>;
  beforeAll(async () => {
    document = createDocument(await NestFactory.create(AppModule, { preview: true, logger: false }));
  });

  const operations = () => Object.values(document.paths).flatMap((item) => Object.values(item));

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

  it('says of every operation what it answers and that it may be a problem', () => {
    for (const { operationId, responses, summary } of operations()) {
      expect(summary, operationId).toBeTruthy();
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        operationId,
      ).toBe(true);
      expect(responses.default, operationId).toEqual({ $ref: '#/components/responses/Problem' });
    }
  });

  it('shows a sampling request with its limits', () => {
    expect(document.components?.schemas?.SamplingRequest).toMatchObject({
      required: ['model'],
      additionalProperties: false,
      properties: { samplesPerObservation: { type: 'integer', minimum: 1, default: 1 } },
    });
  });
});
