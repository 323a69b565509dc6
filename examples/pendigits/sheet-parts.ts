import { INK_COLOURS } from './glyph.js';

/** Distances that the sheets have in common, in pixels. */
export const CELL = 52;
export const MARGIN = 32;
export const LABEL_WIDTH = 44;
export const CAPTION_HEIGHT = 20;

const LEGEND_BAR_WIDTH = 112;

/** A panel of cells: the place of its upper left corner, and how many cells it has. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Colours and type of a sheet: its own background, so that it reads on light and dark pages, and no font but
 * the system's.
 */
export function sheetStyle(): string {
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

/** The title at the left, and at the right, which end of the ink is which. */
export function sheetHeading(title: string, width: number): string {
  const right = width - MARGIN;
  const bar = right - 62 - LEGEND_BAR_WIDTH;
  const swatch = LEGEND_BAR_WIDTH / INK_COLOURS.length;
  const swatches = INK_COLOURS.map(
    (colour, i) =>
      `<rect x="${round(bar + i * swatch)}" y="44" width="${round(swatch + 0.3)}" height="6" fill="${colour}"/>`,
  );
  return [
    text('title', MARGIN, 52, title),
    text('legend', bar - 76, 52, 'pen down'),
    `<circle cx="${bar - 8}" cy="47" r="4" class="start"/>`,
    ...swatches,
    text('legend', right - 54, 52, 'pen up'),
  ].join('\n');
}

/** The white ground of a panel, with a thin rule between its rows. */
export function panelGround({ x, y, columns, rows }: Panel): string {
  const width = columns * CELL;
  const rules = Array.from({ length: rows - 1 }, (_, i) => y + (i + 1) * CELL).map(
    (top) => `<line x1="${x + 4}" y1="${top}" x2="${x + width - 4}" y2="${top}" class="rule"/>`,
  );
  const ground = `<rect x="${x}" y="${y}" width="${width}" height="${rows * CELL}" rx="8" class="panel"/>`;
  return [ground, ...rules].join('\n');
}

export function text(role: string, x: number, y: number, content: string): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${role}">${escape(content)}</text>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text as it may stand between tags. */
export function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
