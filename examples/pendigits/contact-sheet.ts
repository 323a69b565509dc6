import { glyphPaths, INK_COLOURS } from './glyph.js';
import { NUM_DIGITS } from './pen-digits.js';

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
const CELL = 52;
const MARGIN = 32;
const LABEL_WIDTH = 44;
const GAP = 36;
const HEADER_HEIGHT = 112;
const CAPTION_HEIGHT = 20;
const HALF_WIDTH = COLUMNS * CELL;
const WIDTH = MARGIN + LABEL_WIDTH + HALF_WIDTH + GAP + HALF_WIDTH + MARGIN;
const REAL_X = MARGIN + LABEL_WIDTH;
const SAMPLED_X = REAL_X + HALF_WIDTH + GAP;

/** An SVG that needs nothing else: its own background, so that it reads on light and dark pages, and no font but the system's. */
export function contactSheet({ rows, realTitle, sampledTitle, captions }: ContactSheet): string {
  const body = HEADER_HEIGHT + NUM_DIGITS * CELL;
  const height = body + 24 + captions.length * CAPTION_HEIGHT + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>Handwritten digits: real strokes beside sampled ones</title>',
    style(),
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="14" class="paper"/>`,
    heading(),
    half(realTitle, REAL_X),
    half(sampledTitle, SAMPLED_X),
    ...rows.map((row, i) => rowOfGlyphs(row, HEADER_HEIGHT + i * CELL)),
    ...captions.map((caption, i) => text('caption', MARGIN, body + 34 + i * CAPTION_HEIGHT, caption)),
    '</svg>',
    '',
  ].join('\n');
}

function style(): string {
  const inks = INK_COLOURS.map((colour, i) => `.i${i}{stroke:${colour}}`).join('');
  return (
    '<style>' +
    'text{font-family:ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#2b2a33}' +
    '.paper{fill:#fbfaf7;stroke:#e4e0d8}.panel{fill:#ffffff;stroke:#ece8e0}' +
    '.title{font-size:20px;font-weight:650}.half{font-size:13px;font-weight:600;fill:#55525f}' +
    '.digit{font-size:19px;font-weight:600;fill:#8d8996}.caption,.legend{font-size:12px;fill:#6d6a76}' +
    '.rule{stroke:#f1eee8}.ink path{fill:none;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}' +
    `.start{fill:${INK_COLOURS[0]}}${inks}</style>`
  );
}

function heading(): string {
  const right = WIDTH - MARGIN;
  const barWidth = 112;
  const swatch = barWidth / INK_COLOURS.length;
  const swatches = INK_COLOURS.map(
    (colour, i) =>
      `<rect x="${round(right - 62 - barWidth + i * swatch)}" y="44" width="${round(swatch + 0.3)}" height="6" fill="${colour}"/>`,
  );
  return [
    text('title', MARGIN, 52, 'Pen digits: people beside a diffusion model'),
    text('legend', right - 62 - barWidth - 76, 52, 'pen down'),
    `<circle cx="${right - 62 - barWidth - 8}" cy="47" r="4" class="start"/>`,
    ...swatches,
    text('legend', right - 54, 52, 'pen up'),
  ].join('\n');
}

function half(title: string, x: number): string {
  const lines = Array.from({ length: NUM_DIGITS - 1 }, (_, i) => HEADER_HEIGHT + (i + 1) * CELL).map(
    (y) => `<line x1="${x + 4}" y1="${y}" x2="${x + HALF_WIDTH - 4}" y2="${y}" class="rule"/>`,
  );
  return [
    text('half', x + 2, HEADER_HEIGHT - 14, title),
    `<rect x="${x}" y="${HEADER_HEIGHT}" width="${HALF_WIDTH}" height="${NUM_DIGITS * CELL}" rx="8" class="panel"/>`,
    ...lines,
  ].join('\n');
}

function rowOfGlyphs({ digit, real, sampled }: ContactSheetRow, y: number): string {
  const glyphs = (strokes: readonly Float32Array[], x: number) =>
    strokes.slice(0, COLUMNS).map((stroke, column) => glyphPaths(stroke, x + column * CELL, y, CELL));
  return [
    `<g class="ink" data-digit="${digit}">`,
    text('digit', MARGIN + 8, y + CELL / 2 + 7, `${digit}`),
    ...glyphs(real, REAL_X),
    ...glyphs(sampled, SAMPLED_X),
    '</g>',
  ].join('\n');
}

function text(role: string, x: number, y: number, content: string): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${role}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
