import { NUM_POINTS } from './pen-digits.js';

/** Pieces of ink between two points: the colour changes with each. */
const PIECES = 2;
/** Space between a stroke and the edge of its cell, as a part of the cell. */
const PADDING = 0.19;

/** From pen down to pen up. */
export const INK_COLOURS: readonly string[] = colours((NUM_POINTS - 1) * PIECES);

/** A square: its upper left corner and its side, in pixels. */
export interface Cell {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

type Bezier = readonly [Point, Point, Point, Point];

/**
 * A stroke [8,2] in 0..100 (y upwards) as SVG paths in writing order: a smooth curve through its points
 * (Catmull-Rom) whose colour runs through INK_COLOURS, with a dot where the pen came down.
 * @param cell it is drawn in
 */
export function glyphPaths(stroke: Float32Array, cell: Cell): string {
  const points = placed(stroke, cell);
  const pieces = points.slice(1).flatMap((_, i) => halves(catmullRom(points, i)));
  const paths = pieces.map(
    ([a, b, c, d], i) => `<path class="i${i}" d="M${write(a)}C${write(b)} ${write(c)} ${write(d)}"/>`,
  );
  return `${paths.join('')}<circle cx="${tenth(points[0].x)}" cy="${tenth(points[0].y)}" r="2.6" class="start"/>`;
}

/** The first `count` points of a stroke as small rings, to be drawn over glyphPaths with the same cell. */
export function pointRings(stroke: Float32Array, count: number, cell: Cell): string {
  return placed(stroke, cell)
    .slice(0, count)
    .map(({ x, y }) => `<circle cx="${tenth(x)}" cy="${tenth(y)}" r="2.1" class="known"/>`)
    .join('');
}

/** The points [8] in the cell, y downwards as SVG has it. */
function placed(stroke: Float32Array, { left, top, size }: Cell): readonly Point[] {
  const scale = (size * (1 - 2 * PADDING)) / 100;
  return Array.from({ length: NUM_POINTS }, (_, i) => ({
    x: left + size * PADDING + stroke[2 * i] * scale,
    y: top + size * (1 - PADDING) - stroke[2 * i + 1] * scale,
  }));
}

/** The curve between points i and i + 1 that meets its neighbours with the same direction. */
function catmullRom(points: readonly Point[], i: number): Bezier {
  const at = (k: number) => points[Math.min(Math.max(k, 0), points.length - 1)];
  const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
  return [from, towards(from, before, to), towards(to, after, from), to];
}

/** A sixth of the way that leads from `back` to `ahead`, starting at `point`. */
function towards(point: Point, back: Point, ahead: Point): Point {
  return { x: point.x + (ahead.x - back.x) / 6, y: point.y + (ahead.y - back.y) / 6 };
}

/** De Casteljau's construction at the middle. */
function halves([a, b, c, d]: Bezier): readonly [Bezier, Bezier] {
  const [ab, bc, cd] = [middle(a, b), middle(b, c), middle(c, d)];
  const [abc, bcd] = [middle(ab, bc), middle(bc, cd)];
  const centre = middle(abc, bcd);
  return [
    [a, ab, abc, centre],
    [centre, bcd, cd, d],
  ];
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function write({ x, y }: Point): string {
  return `${tenth(x)} ${tenth(y)}`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Indigo through magenta to amber, evenly spaced. */
function colours(count: number): readonly string[] {
  const stops = [
    [49, 46, 129],
    [124, 58, 237],
    [219, 39, 119],
    [245, 158, 11],
  ];
  return Array.from({ length: count }, (_, i) => {
    const place = (i / (count - 1)) * (stops.length - 1);
    const stop = Math.min(Math.floor(place), stops.length - 2);
    const channels = stops[stop].map((from, k) => from + (stops[stop + 1][k] - from) * (place - stop));
    return `#${channels.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
  });
}
