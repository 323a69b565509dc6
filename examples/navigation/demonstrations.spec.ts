import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from '#storage';
import { demonstrate, demonstrations, HORIZON } from './demonstrations.js';
import { expertPlan } from './expert.js';
import { SeededRandom } from './seeded-random.js';
import { clearance, distance, GOAL_RADIUS, OBS_SIZE } from './world.js';

const episodes = Array.from({ length: 1_000 }, (_, row) => demonstrate(new SeededRandom(9, row)));

describe('the demonstrations', () => {
  it('never collide and always arrive, though the expert is pushed about', () => {
    for (const { world, path } of episodes) {
      expect(distance(path.at(-1) ?? world.start, world.goal)).toBeLessThan(GOAL_RADIUS);
      for (const [i, at] of path.slice(1).entries()) expect(clearance(world, path[i], at)).toBeGreaterThan(0);
    }
  });

  it('pass left as often as right, and from the same places both ways', () => {
    const lefts = episodes.filter(({ side }) => side === 'left').length;
    expect(lefts / episodes.length).toBeGreaterThan(0.45);
    expect(lefts / episodes.length).toBeLessThan(0.55);
    // The sideways way of the first plan, from the start straight below the middle.
    const sideways = episodes
      .filter(({ world, path }) => path[0] === world.start && Math.abs(world.start.x - world.middle.x) < 0.1)
      .map(({ world, side }) => expertPlan(world, world.start, side, HORIZON))
      .map((plan) => plan.filter((_, i) => i % 2 === 0).reduce((sum, dx) => sum + dx, 0));
    expect(sideways.filter((dx) => dx < -0.25).length).toBeGreaterThan(40);
    expect(sideways.filter((dx) => dx > 0.25).length).toBeGreaterThan(40);
    expect(sideways.filter((dx) => Math.abs(dx) <= 0.25)).toEqual([]);
  });

  it('are the same bytes for the same seed: each place with what the expert would do from there', () => {
    const bytes = demonstrations(5, 9);
    expect(demonstrations(5, 9)).toEqual(bytes);
    const { tensors } = decodeSafetensors(bytes);
    const rows = episodes.slice(0, 5).reduce((sum, { path }) => sum + path.length, 0);
    expect(tensors.get('observations')?.shape).toEqual([rows, OBS_SIZE]);
    expect(tensors.get('actions')?.shape).toEqual([rows, HORIZON, 2]);
  });
});
