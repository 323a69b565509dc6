import { describe, expect, it } from 'vitest';
import { remembered } from './remembered.js';

describe('remembered', () => {
  it('asks once for each text, and anew once 100 others came', () => {
    const asked: string[] = [];
    const length = remembered((text) => {
      asked.push(text);
      return { length: text.length };
    });
    expect(length('a')).toEqual({ length: 1 });
    expect(length('a')).toBe(length('a'));
    expect(asked).toEqual(['a']);
    for (let i = 0; i < 100; i++) length(`b${i}`);
    expect(length('a')).toEqual({ length: 1 });
    expect(asked.filter((text) => text === 'a')).toHaveLength(2);
  });
});
