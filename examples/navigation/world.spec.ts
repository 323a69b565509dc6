import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';
import { clearance, distance, makeWorld, obstaclesOf, observe, sideOf, type World } from './world.js';

const world: World = { start: { x: 0, y: -1 }, goal: { x: 0, y: 1 }, middle: { x: 0.1, y: 0, radius: 0.3 } };

describe('a world', () => {
  it('is the same for the same seed and row, and another for another', () => {
    const make = (seed: number, row: number) => makeWorld(new SeededRandom(seed, row));
    expect(make(3, 4)).toEqual(make(3, 4));
    expect(make(3, 5)).not.toEqual(make(3, 4));
    expect(make(4, 4)).not.toEqual(make(3, 4));
  });

  it('leaves a way on both sides of its middle, whatever the seed', () => {
    for (let row = 0; row < 1_000; row++) {
      const { start, goal, middle } = makeWorld(new SeededRandom(0, row));
      const [, left, right] = obstaclesOf({ start, goal, middle });
      const gaps = [left, right].map((post) => distance(post, middle) - post.radius - middle.radius);
      expect(Math.min(...gaps)).toBeGreaterThan(0.35);
      for (const place of [start, goal]) expect(clearance({ start, goal, middle }, place, place)).toBeGreaterThan(0.3);
    }
  });

  it('measures clearance from the nearest point of the whole way, not of its ends', () => {
    expect(clearance(world, { x: -0.5, y: -0.4 }, { x: 0.7, y: -0.4 })).toBeCloseTo(0.1);
    expect(clearance(world, { x: 0.1, y: -1 }, { x: 0.1, y: 1 })).toBeCloseTo(-0.3);
    expect(clearance(world, { x: 0.1, y: -1 }, { x: 0.1, y: -1 })).toBeCloseTo(0.7);
  });

  it('has a side for a path that has come as far as its middle', () => {
    const [below, before] = [
      { x: 0, y: -1 },
      { x: 0.05, y: -0.1 },
    ];
    expect(sideOf(world, [below, { x: -0.4, y: 0.02 }, { x: 0.5, y: 1 }])).toBe('left');
    expect(sideOf(world, [below, { x: 0.6, y: 0 }])).toBe('right');
    expect(sideOf(world, [below, before])).toBeUndefined();
  });

  it('is observed by where the robot, the goal and the middle are', () => {
    expect(observe(world, { x: 0.2, y: -0.3 })).toEqual([0.2, -0.3, 0, 1, 0.1, 0]);
  });
});
