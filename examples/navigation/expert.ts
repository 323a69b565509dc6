import { distance, distanceToSegment, type Point, type Side, type World } from './world.js';

/** Metres of one action, a twentieth of a second. */
export const MAX_STEP = 0.05;
/** Of the middle's edge, and of the robot that passes it. */
export const CLEARANCE = 0.17;
/** Per metre inside of the clearance: how much of a step leads out again. */
const OUTWARD = 6;

/**
 * The expert's next displacement from anywhere, when it passes on the given side: to the circle of the
 * clearance, along it, and straight on from where it sees the goal. There is no shorter way.
 */
export function expertStep(world: World, at: Point, side: Side): Point {
  const { middle, goal } = world;
  const left = distance(at, goal);
  if (left === 0) return { x: 0, y: 0 };
  const length = Math.min(MAX_STEP, left / 2);
  const radius = middle.radius + CLEARANCE;
  const isFree = distanceToSegment(middle, at, goal) >= radius - 1e-9;
  const angle = isFree ? Math.atan2(goal.y - at.y, goal.x - at.x) : roundAngle(middle, radius, at, side);
  return { x: length * Math.cos(angle), y: length * Math.sin(angle) };
}

/** The next displacements [numSteps,2] of the expert. */
export function expertPlan(world: World, from: Point, side: Side, numSteps: number): Float32Array {
  const plan = new Float32Array(2 * numSteps);
  let at = from;
  for (let i = 0; i < numSteps; i++) {
    const { x, y } = expertStep(world, at, side);
    plan.set([x, y], 2 * i);
    at = { x: at.x + x, y: at.y + y };
  }
  return plan;
}

/** Direction along the tangent to the circle around a centre; from inside of it, out and along. */
function roundAngle(centre: Point, radius: number, at: Point, side: Side): number {
  const away = distance(at, centre);
  const outward = Math.atan2(at.y - centre.y, at.x - centre.x);
  const turn = side === 'left' ? -1 : 1; // clockwise or not
  if (away >= radius) return outward + turn * (Math.PI - Math.asin(radius / away));
  return outward + turn * (Math.PI / 2) - turn * Math.atan(OUTWARD * (radius - away));
}
