import { describe, expect, it } from 'vitest';
import { contactSheet } from './contact-sheet.js';
import { strokesOf } from './sheet-rows.js';
import { readPenDigits } from './pen-digits.js';

const test = readPenDigits('test');
const rows = strokesOf(test, test.strokes, 8);
const sheet = contactSheet({ rows, realTitle: 'real & true', sampledTitle: '<sampled>', captions: ['one', 'two'] });

describe('contactSheet', () => {
  it('is well-formed: every element is closed, every text escaped', () => {
    const open: string[] = [];
    for (const [, closing, name, attributes, empty] of sheet.matchAll(
      /<(\/?)([a-z]+)((?: [a-z0-9-]+="[^"<>&]*")*)(\/?)>/gi,
    )) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      expect(attributes).not.toContain('NaN');
    }
    expect(open).toEqual([]);
    const remainder = sheet.replaceAll(/<(\/?)([a-z]+)((?: [a-z0-9-]+="[^"<>&]*")*)(\/?)>/gi, '');
    expect(remainder).not.toMatch(/[<>]/);
    expect(remainder).toContain('real &amp; true');
    expect(remainder).toContain('&lt;sampled&gt;');
  });

  it('has ten rows of eight real and eight sampled strokes, each drawn in writing order', () => {
    const groups = sheet.split('<g class="ink"').slice(1);
    expect(groups).toHaveLength(10);
    for (const [digit, group] of groups.entries()) {
      expect(group).toContain(`data-digit="${digit}"`);
      expect(group.match(/<circle/g)).toHaveLength(16);
      expect(group.match(/class="i0"/g)).toHaveLength(16);
      expect(group.match(/class="i13"/g)).toHaveLength(16);
      expect(group.indexOf('class="i0"')).toBeLessThan(group.indexOf('class="i13"'));
    }
  });

  it('puts the first point of a stroke where the pen came down, y upwards', () => {
    const corner = Float32Array.from({ length: 16 }, (_, i) => (i < 2 ? 100 : 0));
    const one = contactSheet({
      rows: [{ digit: 0, real: [corner], sampled: [] }],
      realTitle: '',
      sampledTitle: '',
      captions: [],
    });
    // A cell of 52 at (76, 112), padded by 19 %: the corner at the upper right.
    expect(one).toContain('<circle cx="118.1" cy="121.9"');
  });

  it('refers to nothing outside itself', () => {
    expect(sheet).not.toMatch(/href|url\(|@import|<image|<script/);
  });
});
