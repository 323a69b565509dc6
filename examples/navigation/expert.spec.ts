import { describe, expect, it } from 'vitest';
import { CLEARANCE, expertPlan, expertStep, MAX_STEP } from './expert.js';
import { SeededRandom } from './seeded-random.js';
import { clearance, distance, makeWorld, sideOf, type Point, type Side, type World } from './world.js';

const SIDES = ['left', 'right'] as const;

function pathOf(world: World, side: Side): Point[] {
  const path = [world.start];
  for (let at = world.start; distance(at, world.goal) > 0.01 && path.length < 200; path.push(at)) {
    const { x, y } = expertStep(world, at, side);
    at = { x: at.x + x, y: at.y + y };
  }
  return path;
}

describe('the expert', () => {
  it('arrives on the side that it is asked for, never nearer to an obstacle than planned, in 2,000 worlds', () => {
    for (let row = 0; row < 2_000; row++) {
      const world = makeWorld(new SeededRandom(5, row));
      const side = SIDES[row % 2];
      const path = pathOf(world, side);
      expect(distance(path.at(-1) ?? world.start, world.goal)).toBeLessThan(0.01);
      expect(sideOf(world, path)).toBe(side);
      const nearest = Math.min(...path.slice(1).map((at, i) => clearance(world, path[i], at)));
      expect(nearest).toBeGreaterThan(CLEARANCE - 0.01);
    }
  });

  it('is as fast as it may be until it slows down before the goal, and turns by less than a right angle', () => {
    const world = makeWorld(new SeededRandom(5, 0));
    const path = pathOf(world, 'left');
    const steps = path.slice(1).map((at, i) => ({ x: at.x - path[i].x, y: at.y - path[i].y }));
    for (const [i, step] of steps.entries()) {
      const isFar = distance(path[i], world.goal) > 2 * MAX_STEP;
      const length = Math.hypot(step.x, step.y);
      if (isFar) expect(length).toBeCloseTo(MAX_STEP);
      else expect(length).toBeLessThanOrEqual(MAX_STEP);
      const before = steps[i - 1] ?? step;
      expect(before.x * step.x + before.y * step.y).toBeGreaterThan(0.9 * Math.hypot(before.x, before.y) * length);
    }
  });

  it('finds its way out again from inside of the clearance', () => {
    const world: World = { start: { x: 0, y: -1 }, goal: { x: 0, y: 1 }, middle: { x: 0, y: 0, radius: 0.3 } };
    const at = { x: -0.31, y: -0.1 };
    const [x, y] = expertPlan(world, at, 'left', 1);
    expect(distance({ x: at.x + x, y: at.y + y }, world.middle)).toBeGreaterThan(distance(at, world.middle));
    expect(y).toBeGreaterThan(0);
  });

  it('plans the steps that it takes', () => {
    const world = makeWorld(new SeededRandom(5, 1));
    const plan = expertPlan(world, world.start, 'right', 16);
    const path = pathOf(world, 'right');
    for (let i = 0; i < 16; i++) {
      expect(plan[2 * i]).toBeCloseTo(path[i + 1].x - path[i].x, 6);
      expect(plan[2 * i + 1]).toBeCloseTo(path[i + 1].y - path[i].y, 6);
    }
  });
});
