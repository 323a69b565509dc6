import type { SeededRandom } from './seeded-random.js';

/** Metres; y points from the start to the goal. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Disc extends Point {
  readonly radius: number;
}

/** One task: from below the obstacles to the goal above; start, goal and the middle one differ. */
export interface World {
  readonly start: Point;
  readonly goal: Point;
  readonly middle: Disc;
}

export type Side = 'left' | 'right';

/** Numbers of an observation. */
export const OBS_SIZE = 6;
/** The robot is there. */
export const GOAL_RADIUS = 0.1;
const POSTS: readonly Disc[] = [-1.1, 1.1].map((x) => ({ x, y: 0, radius: 0.2 }));

/** Two ways lead on: between the middle and each of the posts. */
export function obstaclesOf({ middle }: World): readonly Disc[] {
  return [middle, ...POSTS];
}

export function makeWorld(random: SeededRandom): World {
  return {
    start: { x: random.within(0.3), y: -1 + random.within(0.1) },
    goal: { x: random.within(0.3), y: 1 },
    middle: { x: random.within(0.2), y: random.within(0.15), radius: 0.3 },
  };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Between an obstacle and the way from one place straight to the next; negative: it touches one. */
export function clearance(world: World, from: Point, to: Point): number {
  return Math.min(...obstaclesOf(world).map((disc) => distanceToSegment(disc, from, to) - disc.radius));
}

/** On which side of the middle a path has passed; undefined when it has not come that far. */
export function sideOf({ middle }: World, path: readonly Point[]): Side | undefined {
  const beside = path.find(({ y }) => y >= middle.y);
  if (beside === undefined) return undefined;
  return beside.x < middle.x ? 'left' : 'right';
}

/** What the policy sees, [6]: the robot keeps no speed, so that where it is is all of its state. */
export function observe({ goal, middle }: World, at: Point): readonly number[] {
  return [at.x, at.y, goal.x, goal.y, middle.x, middle.y];
}

export function distanceToSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length2;
  const t = Math.min(1, Math.max(0, along));
  return distance(point, { x: from.x + t * dx, y: from.y + t * dy });
}
