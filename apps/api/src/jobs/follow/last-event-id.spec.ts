import { describe, expect, it } from 'vitest';
import { lastEventId } from './last-event-id.js';

describe('lastEventId', () => {
  it.each([
    [undefined, '0-0'],
    ['', '0-0'],
    ['0-0', '0-0'],
    ['18446744073709551615-18446744073709551614', '18446744073709551615-18446744073709551614'],
  ])('reads %s as %s', (header, id) => {
    expect(lastEventId(header)).toBe(id);
  });

  it.each([
    '18446744073709551616-0',
    '99999999999999999999-99999999999999999999',
    '1-18446744073709551615',
    '1-18446744073709551616',
    '-1-0',
    '1--1',
    '1',
    '1-0-0',
    '1.5-0',
    '0x1-0',
    ' 1-0',
    '+',
    '$',
  ])('refuses %s, which no event can have', (header) => {
    expect(() => lastEventId(header)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
  });
});
