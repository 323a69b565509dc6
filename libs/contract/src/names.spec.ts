import { describe, expect, it } from 'vitest';
import { Alias, ArtifactId, ModelReference, ResourceName } from './names.js';

const HOSTILE = [
  '',
  '../x',
  'a/b',
  'a\\b',
  'A',
  '.x',
  '-x',
  'a b',
  'a\n',
  'a\0',
  'é',
  '🙂',
  'x'.repeat(65),
  'x'.repeat(10_000),
];

describe('names', () => {
  it.each(HOSTILE)('of models and datasets are never %j', (text) => {
    expect(ResourceName.safeParse(text).success).toBe(false);
    expect(ModelReference.safeParse(text).success).toBe(false);
    expect(ModelReference.safeParse(`m@${text}`).success).toBe(false);
  });

  it.each(['m', '0', 'pen-digits_2.1', 'x'.repeat(64)])('of models and datasets may be %j', (text) => {
    expect(ResourceName.parse(text)).toBe(text);
  });

  it.each(['m', 'm@1', 'm@999999999', 'm@production', 'm@v1.2'])('of a model version may be %j', (text) => {
    expect(ModelReference.parse(text)).toBe(text);
  });

  it.each(['m@', 'm@0', 'm@01', 'm@1a', 'm@1234567890', 'm@@1', 'm@1@2', '@1'])(
    'of a model version are never %j',
    (text) => {
      expect(ModelReference.safeParse(text).success).toBe(false);
    },
  );

  it('distinguish an alias from a version by its first letter', () => {
    expect(Alias.safeParse('1').success).toBe(false);
    expect(Alias.parse('v1')).toBe('v1');
  });

  it('of artifacts are the hash of their bytes', () => {
    expect(ArtifactId.parse(`art_${'0f'.repeat(32)}`)).toHaveLength(68);
    for (const text of [
      `art_${'0F'.repeat(32)}`,
      `art_${'0f'.repeat(31)}`,
      '0f'.repeat(32),
      `art_${'0f'.repeat(32)}\n`,
    ])
      expect(ArtifactId.safeParse(text).success).toBe(false);
  });
});
