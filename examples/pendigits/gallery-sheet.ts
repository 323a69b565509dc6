import { glyphPaths, pointRings } from './glyph.js';
import { DATA_CREDIT } from './pen-digits.js';
import {
  CAPTION_HEIGHT,
  CELL,
  escape,
  LABEL_WIDTH,
  MARGIN,
  panelGround,
  sheetHeading,
  sheetStyle,
  text,
} from './sheet-parts.js';

/** A stroke [8,2] in 0..100; the first `numKnown` points are ringed: they were given, not sampled. */
export interface GalleryGlyph {
  readonly stroke: Float32Array;
  readonly numKnown?: number;
}

/** Panels stand side by side; each has as many rows as the sheet has labels. */
export interface GalleryPanel {
  readonly heading: string;
  /** A second, lighter line under the heading: one text, or one over each column. */
  readonly note?: string | readonly string[];
  readonly rows: readonly (readonly GalleryGlyph[])[];
}

export interface GallerySheet {
  readonly title: string;
  /** At the left of each row. */
  readonly labels: readonly string[];
  readonly panels: readonly GalleryPanel[];
  /** Lines at the bottom, above the one that says whose data it is. */
  readonly captions: readonly string[];
}

const GAP = 18;
const HEADER_HEIGHT = 128;
const STYLE =
  '<style>.label{font-size:17px;font-weight:600;fill:#8d8996;text-anchor:middle}.column{font-size:13px;fill:#8d8996;text-anchor:middle}' +
  '.known{fill:#fff;stroke:#2b2a33;stroke-width:1.3}</style>';

/** Panels of strokes, as an SVG that needs nothing else. */
export function gallerySheet({ title, labels, panels, captions }: GallerySheet): string {
  const lines = [...captions, DATA_CREDIT];
  const widths = panels.map(({ rows }) => columnsOf(rows) * CELL);
  const lefts = widths.map((_, i) => MARGIN + LABEL_WIDTH + sum(widths.slice(0, i)) + i * GAP);
  const width = MARGIN + LABEL_WIDTH + sum(widths) + (panels.length - 1) * GAP + MARGIN;
  const body = HEADER_HEIGHT + labels.length * CELL;
  const height = body + 24 + lines.length * CAPTION_HEIGHT + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    sheetStyle(),
    STYLE,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="14" class="paper"/>`,
    sheetHeading(title, width),
    ...labels.map((label, i) =>
      text('label', MARGIN + LABEL_WIDTH / 2 - 6, HEADER_HEIGHT + i * CELL + CELL / 2 + 6, label),
    ),
    ...panels.map((panel, i) => panelOfGlyphs(panel, lefts[i])),
    ...lines.map((caption, i) => text('caption', MARGIN, body + 34 + i * CAPTION_HEIGHT, caption)),
    '</svg>',
    '',
  ].join('\n');
}

function panelOfGlyphs({ heading, note = [], rows }: GalleryPanel, x: number): string {
  const glyphs = rows.flatMap((row, i) =>
    row.map((glyph, column) => drawn(glyph, { left: x + column * CELL, top: HEADER_HEIGHT + i * CELL, size: CELL })),
  );
  return [
    text('half', x + 2, HEADER_HEIGHT - 30, heading),
    ...notes(note, x),
    panelGround({ x, y: HEADER_HEIGHT, columns: columnsOf(rows), rows: rows.length }),
    '<g class="ink">',
    ...glyphs,
    '</g>',
  ].join('\n');
}

function notes(note: string | readonly string[], x: number): string[] {
  if (typeof note === 'string') return [text('legend', x + 2, HEADER_HEIGHT - 13, note)];
  return note.map((label, column) => text('column', x + (column + 0.5) * CELL, HEADER_HEIGHT - 12, label));
}

function drawn({ stroke, numKnown = 0 }: GalleryGlyph, cell: Parameters<typeof glyphPaths>[1]): string {
  return glyphPaths(stroke, cell) + pointRings(stroke, numKnown, cell);
}

function columnsOf(rows: GalleryPanel['rows']): number {
  return Math.max(...rows.map((row) => row.length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
