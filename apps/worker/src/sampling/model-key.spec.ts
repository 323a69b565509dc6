import { describe, expect, it } from 'vitest';
import { labelOfKey, modelKey, parseModelKey } from './model-key.js';

const [first, second] = ['a', 'b'].map((digit) => digit.repeat(64));

describe('The key of a model', () => {
  it.each([
    ['our own', { name: 'pens', version: 3, sha256: first, settings: undefined }],
    ['imported', { name: 'their-model.v2', version: 12, sha256: first, settings: second }],
  ])('says all of what a job names: %s', (_kind, reference) => {
    expect(parseModelKey(modelKey(reference))).toEqual(reference);
  });

  it('differs for other bytes and other settings of the same name, whose label stays', () => {
    const references = [{ sha256: first }, { sha256: second }, { sha256: first, settings: second }];
    const keys = references.map((hashes) => modelKey({ name: 'pens', version: 1, ...hashes }));
    expect(new Set(keys).size).toBe(3);
    expect(keys.map(labelOfKey)).toEqual(['pens@1', 'pens@1', 'pens@1']);
  });
});
