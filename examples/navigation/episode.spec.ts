import { describe, expect, it } from 'vitest';
import { EXECUTED, runEpisode, seamJump } from './episode.js';
import { expertPlan } from './expert.js';
import type { Planner } from './planner.js';
import { seamRow } from './seam-table.js';
import type { Side, World } from './world.js';

const world: World = { start: { x: 0, y: -1 }, goal: { x: 0, y: 1 }, middle: { x: 0, y: 0, radius: 0.3 } };
const straightOn = Float32Array.from({ length: 32 }, (_, i) => (i % 2) * 0.04);

/** What runEpisode asks of a planner, in order, with the expert for a policy. */
class ExpertPlanner implements Planner {
  readonly calls: string[] = [];
  private plan = new Float32Array();
  private position = 0;
  private taken = 0;
  private numPlans = 0;

  constructor(private readonly planOf: (at: { x: number; y: number }, n: number) => Float32Array) {}

  async infer([x, y]: readonly number[], delay: number): Promise<Float32Array> {
    this.calls.push(`infer ${delay}`);
    const { taken } = this;
    await Promise.resolve();
    this.plan = Float32Array.from(this.planOf({ x, y }, this.numPlans++));
    this.position = this.taken - taken;
    return this.plan;
  }

  nextAction(): Float32Array {
    this.calls.push(`action ${this.position}`);
    this.taken += 1;
    return this.plan.slice(2 * this.position, 2 * ++this.position);
  }

  close(): void {
    this.calls.push('close');
  }
}

const expert = (side: Side) => new ExpertPlanner((at) => expertPlan(world, at, side, 16));

describe('an episode', () => {
  it.each([0, 1, 2, 3, 4])(
    'arrives with exact plans that are there after %i actions, without a jump',
    async (delay) => {
      for (const side of ['left', 'right'] as const) {
        const episode = await runEpisode(world, expert(side), delay);
        expect(episode).toMatchObject({ end: 'arrived', side });
        expect(Math.max(...episode.jumps)).toBeLessThan(1e-6);
      }
    },
  );

  it('executes the old plan until the new one is there, and then that from the same place on', async () => {
    const planner = expert('left');
    await runEpisode(world, planner, 2);
    const [first, later] = [
      ['infer 0', 'action 0', 'action 1', 'action 2', 'action 3'],
      ['infer 2', 'action 4', 'action 5', 'action 2', 'action 3'],
    ];
    expect(planner.calls.slice(0, 15)).toEqual([...first, ...later, ...later]);
  });

  it('ends where the robot touches an obstacle, and when it comes nowhere', async () => {
    const ahead = await runEpisode(world, new ExpertPlanner(() => straightOn), 0);
    expect(ahead).toMatchObject({ end: 'collided', side: undefined });
    expect(ahead.path.at(-1)?.y).toBeCloseTo(-0.28);
    const nowhere = await runEpisode(world, new ExpertPlanner(() => new Float32Array(32)), 4);
    expect(nowhere).toMatchObject({ end: 'late', side: undefined });
  });

  it('measures a jump where the new plan takes over, against what the old one would have done there', async () => {
    const plan = (value: number) => Float32Array.from({ length: 32 }, (_, i) => value + Math.floor(i / 2));
    // Action 3 of the new plan takes the place of action 7 of the old one.
    expect(seamJump(plan(0), plan(0.5), 3)).toBeCloseTo(Math.hypot(3.5, 3.5));
    const sides: readonly Side[] = ['left', 'right'];
    const flips = new ExpertPlanner((at, n) => expertPlan(world, at, sides[n % 2], 16));
    const { jumps } = await runEpisode(world, flips, 0);
    const sideways = 2 * Math.abs(expertPlan(world, { x: 0, y: -1 }, 'left', EXECUTED)[0]);
    expect(jumps[0]).toBeGreaterThan(0.9 * sideways);
  });

  it('is counted by its end and its side', () => {
    const episode = { path: [], jumps: [0.01, 0.03] } as const;
    const row = seamRow('nothing', 2, [
      { ...episode, end: 'arrived', side: 'left' },
      { ...episode, end: 'collided', side: 'left' },
      { ...episode, end: 'late', side: undefined },
      { ...episode, end: 'arrived', side: 'right' },
    ]);
    expect(row).toMatchObject({ success: 0.5, left: 2, right: 1, jumpP99: 0.03 });
    expect(row.jumpMean).toBeCloseTo(0.02);
  });
});
