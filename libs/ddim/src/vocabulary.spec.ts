import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as vocabulary from './vocabulary.js';

const folder = new URL('../../../docs/', import.meta.url);
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const read = (page: string) => readFileSync(new URL(page, folder), 'utf8');
const docs = pages.map(read).join('\n');
const lists = Object.entries<unknown>(vocabulary).flatMap(([name, words]) =>
  Array.isArray(words) ? [[name, words.map(String)] as const] : [],
);

describe('the vocabulary', () => {
  it.each(lists)('has each word of %s once, and the documentation explains it', (_, words) => {
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((word) => !new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(docs))).toEqual([]);
  });

  it.each(Object.entries<vocabulary.Range>(vocabulary.RANGES))('bounds %s on both sides', (_, range) => {
    const { min, above = min, max, below = max } = range;
    expect(above).toBeLessThan(Number(below));
  });

  it.each(Object.entries(vocabulary.SAMPLING_LIMITS))('has the limit %s that the page of the API names', (_, limit) => {
    const written = [limit.toLocaleString('en-US'), `${limit / 2 ** 20} MiB`];
    expect(written.some((number) => read('http-api.md').includes(number))).toBe(true);
  });
});
