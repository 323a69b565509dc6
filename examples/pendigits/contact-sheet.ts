import { glyphPaths } from './glyph.js';
import { NUM_DIGITS } from './pen-digits.js';
import {
  CAPTION_HEIGHT,
  CELL,
  LABEL_WIDTH,
  MARGIN,
  panelGround,
  sheetHeading,
  sheetStyle,
  text,
} from './sheet-parts.js';

/** Strokes [8,2] in 0..100 of one digit, as many as the sheet has columns; more are left out. */
export interface ContactSheetRow {
  readonly digit: number;
  readonly real: readonly Float32Array[];
  readonly sampled: readonly Float32Array[];
}

export interface ContactSheet {
  readonly rows: readonly ContactSheetRow[];
  /** Headings over the two halves. */
  readonly realTitle: string;
  readonly sampledTitle: string;
  /** Lines at the bottom: how the samples were made, how good they are, whose data it is. */
  readonly captions: readonly string[];
}

const COLUMNS = 8;
const GAP = 36;
const HEADER_HEIGHT = 112;
const HALF_WIDTH = COLUMNS * CELL;
const WIDTH = MARGIN + LABEL_WIDTH + HALF_WIDTH + GAP + HALF_WIDTH + MARGIN;
const REAL_X = MARGIN + LABEL_WIDTH;
const SAMPLED_X = REAL_X + HALF_WIDTH + GAP;

/** Real strokes at the left, sampled ones at the right, as an SVG that needs nothing else. */
export function contactSheet({ rows, realTitle, sampledTitle, captions }: ContactSheet): string {
  const body = HEADER_HEIGHT + NUM_DIGITS * CELL;
  const height = body + 24 + captions.length * CAPTION_HEIGHT + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>Handwritten digits: real strokes beside sampled ones</title>',
    sheetStyle(),
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="14" class="paper"/>`,
    sheetHeading('Pen digits: people beside a diffusion model', WIDTH),
    half(realTitle, REAL_X),
    half(sampledTitle, SAMPLED_X),
    ...rows.map((row, i) => rowOfGlyphs(row, HEADER_HEIGHT + i * CELL)),
    ...captions.map((caption, i) => text('caption', MARGIN, body + 34 + i * CAPTION_HEIGHT, caption)),
    '</svg>',
    '',
  ].join('\n');
}

function half(title: string, x: number): string {
  const ground = panelGround({ x, y: HEADER_HEIGHT, columns: COLUMNS, rows: NUM_DIGITS });
  return [text('half', x + 2, HEADER_HEIGHT - 14, title), ground].join('\n');
}

function rowOfGlyphs({ digit, real, sampled }: ContactSheetRow, y: number): string {
  const glyphs = (strokes: readonly Float32Array[], x: number) =>
    strokes
      .slice(0, COLUMNS)
      .map((stroke, column) => glyphPaths(stroke, { left: x + column * CELL, top: y, size: CELL }));
  return [
    `<g class="ink" data-digit="${digit}">`,
    text('digit', MARGIN + 8, y + CELL / 2 + 7, `${digit}`),
    ...glyphs(real, REAL_X),
    ...glyphs(sampled, SAMPLED_X),
    '</g>',
  ].join('\n');
}
