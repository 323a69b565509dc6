import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gallerySheet } from './gallery-sheet.js';
import { DATA_CREDIT, readPenDigits, STROKE_SIZE } from './pen-digits.js';
import { projectRoot } from './project-root.js';

const { strokes } = readPenDigits('test');
const glyph = (row: number) => ({ stroke: strokes.subarray(row * STROKE_SIZE, (row + 1) * STROKE_SIZE) });
const sheet = gallerySheet({
  title: 'half & whole',
  labels: ['a', 'b<c'],
  panels: [
    { heading: 'given', rows: [[glyph(0)], [glyph(1)]] },
    {
      heading: 'written',
      note: ['first', 'second'],
      rows: [
        [{ ...glyph(2), numKnown: 4 }, glyph(3)],
        [{ ...glyph(4), numKnown: 4 }, glyph(5)],
      ],
    },
  ],
  captions: ['one line'],
});
const PICTURES = ['guidance', 'in-painting', 'inversion'];

describe('gallerySheet', () => {
  it('is well-formed: every element is closed, every text escaped', () => {
    expect(unclosed(sheet)).toEqual([]);
    expect(sheet).toContain('half &amp; whole');
    expect(sheet).toContain('b&lt;c');
  });

  it('draws each stroke once, from pen down to pen up, and rings the points that were given', () => {
    expect(sheet.match(/class="start"\/>/g)).toHaveLength(6 + 1); // one of the legend
    expect(sheet.match(/class="i0"/g)).toHaveLength(6);
    expect(sheet.match(/class="i13"/g)).toHaveLength(6);
    expect(sheet.match(/class="known"/g)).toHaveLength(2 * 4);
    expect(sheet.indexOf('class="i0"')).toBeLessThan(sheet.indexOf('class="i13"'));
  });

  it('rings a point where the curve passes through it', () => {
    const corner = Float32Array.from({ length: STROKE_SIZE }, (_, i) => (i < 2 ? 100 : 0));
    const rows = [[{ stroke: corner, numKnown: 1 }]];
    const one = gallerySheet({ title: '', labels: [''], panels: [{ heading: '', rows }], captions: [] });
    const [, x, y] = /<circle cx="([\d.]+)" cy="([\d.]+)" r="2.1" class="known"/.exec(one) ?? [];
    // A cell of 52 at (76, 128), padded by 19 %: the corner at the upper right.
    expect([x, y]).toEqual(['118.1', '137.9']);
    expect(one).toContain(`d="M${x} ${y}C`);
  });

  it('is as wide as its panels, and says whose data it shows', () => {
    // Margins 32, labels 44, three cells of 52, one gap of 18.
    expect(sheet).toContain(`width="${32 + 44 + 3 * 52 + 18 + 32}"`);
    expect(sheet).toContain(DATA_CREDIT);
  });

  it('refers to nothing outside itself', () => {
    expect(sheet).not.toMatch(/href|url\(|@import|<image|<script/);
  });
});

describe('The pictures of the gallery', () => {
  it.each(PICTURES)('docs/images/%s.svg is well-formed, and shown on its page', (name) => {
    const path = join(projectRoot, 'docs', 'images', `${name}.svg`);
    expect(existsSync(path)).toBe(true);
    expect(unclosed(readFileSync(path, 'utf8'))).toEqual([]);
    expect(readFileSync(join(projectRoot, 'docs', `${name}.md`), 'utf8')).toContain(`(images/${name}.svg)`);
  });
});

/**
 * Names of elements that are not closed in order; whatever is not an element counts as one when it holds
 * markup.
 */
function unclosed(svg: string): string[] {
  const element = /<(\/?)([a-z]+)((?: [a-z0-9-]+="[^"<>&]*")*)(\/?)>/gi;
  const open: string[] = [];
  for (const [, closing, name, attributes, empty] of svg.matchAll(element)) {
    if (closing && open.pop() !== name) return [`${name} closed in vain`];
    if (!closing && !empty) open.push(name);
    if (attributes.includes('NaN')) open.push(`${name} with NaN`);
  }
  return /[<>]|&(?!amp;|lt;|gt;)/.test(svg.replaceAll(element, '')) ? ['bare markup'] : open;
}
