import { describe, expect, it } from 'vitest';
import { remembered } from './remembered.js';

describe('remembered', () => {
  it('asks once for each key, and anew once 500 others came', () => {
    const asked: string[] = [];
    const length = remembered((text: string) => {
      asked.push(text);
      return { length: text.length };
    });
    expect(length('a')).toEqual({ length: 1 });
    expect(length('a')).toBe(length('a'));
    expect(asked).toEqual(['a']);
    for (let i = 0; i < 500; i++) length(`b${i}`);
    expect(length('a')).toEqual({ length: 1 });
    expect(asked.filter((text) => text === 'a')).toHaveLength(2);
  });
});
