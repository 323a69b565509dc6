import { describe, expect, it } from 'vitest';
import { assert, dictionary, jsonValue, nat, pre, property, string } from 'fast-check';
import { parseJsonText } from './json-text.js';

const parse = (text: string) => parseJsonText(Buffer.from(text));

describe('parseJsonText', () => {
  it('reads every JSON object as JSON.parse does', () => {
    assert(
      property(dictionary(string(), jsonValue({ maxDepth: 5 })), nat(2), (value, indent) => {
        pre(!JSON.stringify(value).includes('__proto__'));
        expect(parse(JSON.stringify(value, null, indent))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['nothing', '', /empty/],
    ['a byte order mark', '\ufeff{}', /byte order mark/],
    ['a truncated object', '{"a":1', /not valid JSON/],
    ['an unterminated string', '{"a', /not valid JSON/],
    ['a trailing comma', '{"a":1,}', /not valid JSON/],
    ['NaN', '{"a":NaN}', /not valid JSON/],
    ['a name given twice', '{"a":1,"a":2}', /"a" occurs twice/],
    ['a name given twice, once escaped', String.raw`{"a":1,"\u0061":2}`, /"a" occurs twice/],
    ['a name given twice deep inside', '[{"b":{"a":1,"c":{"a":2},"a":3}}]', /"a" occurs twice/],
    ['ten thousand levels', '['.repeat(10_000), /deeper than 32 levels/],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), /deeper than 32 levels/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'invalid_json', message: expect.stringMatching(message) }),
    );
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonText(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      expect.objectContaining({ code: 'invalid_json' }),
    );
  });

  it('takes 32 levels, the same name in different objects, and brackets or escaped quotes inside strings', () => {
    expect(parse('['.repeat(32) + ']'.repeat(32))).toBeDefined();
    expect(parse('[{"a":1},{"a":2},{"b":{"a":1}}]')).toEqual([{ a: 1 }, { a: 2 }, { b: { a: 1 } }]);
    const text = String.raw`{"a":"[[[{\"a\":1,\\","b":"\\\""}`;
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('refuses a member named __proto__, however it is spelled, and leaves the prototype alone', () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"a":{"__proto__":1}}', String.raw`{"__pro\u0074o__":{}}`]) {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'unknown_field' }));
    }
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});
