import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { list, MAX_ISSUES } from './list.js';
import { Metadata } from './metadata.js';
import { ImportConfig } from './models/model-import.js';
import { AliasRequest } from './models/model.js';
import { BulkSamplingRequest } from './sampling/bulk-sampling.js';
import { SamplingRequest } from './sampling/sampling-request.js';
import { TrainingRequest } from './training/training-request.js';

/** An element that only 1 passes, and how often one was looked at. */
function countingElement() {
  const seen = { count: 0 };
  const element = z.unknown().refine((value) => {
    seen.count += 1;
    return value === 1;
  });
  return { seen, element };
}

describe('list', () => {
  const wrong = Array.from({ length: 1_000 }, () => 9);

  it('fails by its length before it looks at an element', () => {
    const { seen, element } = countingElement();
    const { error } = list(element, { max: 999 }).safeParse(wrong);
    expect(error?.issues).toMatchObject([{ code: 'too_big', maximum: 999 }]);
    expect(seen.count).toBe(0);
  });

  it('stops at the 20th wrong element, on every level', () => {
    const { seen, element } = countingElement();
    const row = list(element, { max: 1_000 });
    expect(list(element, { max: 1_000 }).safeParse(wrong).error?.issues).toHaveLength(MAX_ISSUES);
    expect(seen.count).toBe(MAX_ISSUES);
    const rows = Array.from({ length: 1_000 }, () => [9]);
    expect(list(row, { max: 1_000 }).safeParse(rows).error?.issues).toHaveLength(MAX_ISSUES);
    expect(seen.count).toBe(2 * MAX_ISSUES);
  });

  it('gives every element as its schema does, and the paths of those that are wrong', () => {
    const numbers = list(z.string().transform(Number), { min: 1, max: 3 });
    expect(numbers.parse(['1', '2'])).toEqual([1, 2]);
    expect(numbers.safeParse(['1', 2, '3', '4']).error?.issues).toMatchObject([{ code: 'too_big' }]);
    expect(numbers.safeParse(['1', 2]).error?.issues).toMatchObject([{ path: [1], expected: 'string' }]);
    expect(numbers.safeParse([]).error?.issues).toMatchObject([{ code: 'too_small', minimum: 1 }]);
    expect(numbers.safeParse({ length: 2 }).error?.issues).toMatchObject([{ expected: 'array' }]);
  });

  it('keeps its bounds when it is described and refined', () => {
    const described = list(z.literal(1), { max: 1_000 }).meta({ description: 'ones' }).min(2);
    expect(described.safeParse(wrong).error?.issues).toHaveLength(MAX_ISSUES);
    expect(z.toJSONSchema(described)).toMatchObject({
      type: 'array',
      minItems: 2,
      maxItems: 1_000,
      items: { const: 1 },
    });
  });
});

describe('Metadata', () => {
  it('counts its entries before it looks at one', () => {
    const entries = Array.from({ length: 60_000 }, (_, i) => [`k${i}`, []]);
    const { error } = Metadata.safeParse(Object.fromEntries(entries));
    expect(error?.issues).toMatchObject([{ path: [], message: 'expected at most 32 entries, got 60000' }]);
  });
});

describe('What clients send', () => {
  it.each([
    ['SamplingRequest', SamplingRequest],
    ['BulkSamplingRequest', BulkSamplingRequest],
    ['TrainingRequest', TrainingRequest],
    ['ImportConfig', ImportConfig],
    ['AliasRequest', AliasRequest],
  ])('%s has no list whose elements are looked at before its length', (_name, schema) => {
    expect(unboundedIn(schema)).toEqual([]);
  });
});

/** The lists of a schema that are neither bounded nor taken as they are, by the kind of their elements. */
function unboundedIn(schema: z.core.$ZodType): string[] {
  const { def, traits } = schema._zod;
  const found: string[] = [];
  if (schema instanceof z.ZodArray && !traits.has('BoundedArray') && !(schema.element instanceof z.ZodUnknown))
    found.push(schema.element._zod.def.type);
  const children = Object.values(def).flatMap((value: unknown) => {
    if (value instanceof z.core.$ZodType) return [value];
    if (typeof value !== 'object' || value === null) return [];
    return Object.values(value).filter((inner) => inner instanceof z.core.$ZodType);
  });
  return [...found, ...children.flatMap(unboundedIn)];
}
