import type { Episode } from './episode.js';
import { GOAL_RADIUS, obstaclesOf, type Disc, type World } from './world.js';

/** Pixels: of a metre, of a panel, and between two panels. */
const SCALE = 120;
const [WIDTH, HEIGHT, GAP] = [2.8 * SCALE, 2.9 * SCALE, 12];
const COLOURS = { left: '#1f6fb2', right: '#d9822b', failed: '#c62828', obstacle: '#9aa3ad', goal: '#9fd8b0' };
const BACKGROUND = '#f5f6f8';

export interface Panel {
  readonly title: string;
  /** Its middle and its goal; each episode may have begun elsewhere. */
  readonly world: World;
  readonly episodes: readonly Episode[];
}

/** Paths through one world, a panel beside the other, as SVG. */
export function pathsPicture(panels: readonly Panel[]): string {
  const width = (WIDTH + GAP) * panels.length - GAP;
  const centre = (i: number) => `translate(${(WIDTH + GAP) * i + WIDTH / 2} ${HEIGHT / 2})`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    ...panels.map((panel, i) => `<g transform="${centre(i)}">\n${draw(panel)}</g>`),
    '</svg>\n',
  ].join('\n');
}

function draw({ title, world, episodes }: Panel): string {
  const arrived = episodes.filter(({ end }) => end === 'arrived').length;
  return [
    `<rect x="${-WIDTH / 2}" y="${-HEIGHT / 2}" width="${WIDTH}" height="${HEIGHT}" fill="${BACKGROUND}"/>`,
    '<g transform="translate(0 20)">',
    ...obstaclesOf(world).map((disc) => circle(disc, COLOURS.obstacle)),
    circle({ ...world.goal, radius: GOAL_RADIUS }, COLOURS.goal),
    ...episodes.map(line),
    '</g>',
    text(24 - HEIGHT / 2, 16, title),
    text(42 - HEIGHT / 2, 13, `${arrived} of ${episodes.length} arrive`),
    '',
  ].join('\n');
}

function line({ path, end, side }: Episode): string {
  const points = path.map(({ x, y }) => `${(x * SCALE).toFixed(1)},${(-y * SCALE).toFixed(1)}`).join(' ');
  const colour = end === 'arrived' && side !== undefined ? COLOURS[side] : COLOURS.failed;
  const way = `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.4" opacity="0.75"/>`;
  const { x, y } = path.at(-1) ?? { x: 0, y: 0 };
  return end === 'arrived' ? way : `${way}${circle({ x, y, radius: 0.02 }, colour)}`;
}

function circle({ x, y, radius }: Disc, fill: string): string {
  return `<circle cx="${(x * SCALE).toFixed(1)}" cy="${(-y * SCALE).toFixed(1)}" r="${radius * SCALE}" fill="${fill}"/>`;
}

function text(y: number, size: number, words: string): string {
  return `<text y="${y}" font-size="${size}" text-anchor="middle">${words}</text>`;
}
