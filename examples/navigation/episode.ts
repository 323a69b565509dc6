import type { Planner } from './planner.js';
import { clearance, distance, GOAL_RADIUS, observe, sideOf, type Point, type Side, type World } from './world.js';

/** Actions between two observations: a fifth of a second at 20 Hz. */
export const EXECUTED = 4;
/** Twice as many as the expert's way takes. */
export const MAX_ACTIONS = 80;

export interface Episode {
  readonly path: readonly Point[];
  readonly end: 'arrived' | 'collided' | 'late';
  /** On which side it has passed, if it came so far. */
  readonly side: Side | undefined;
  /** Of each change of plans, metres per action: see `seamJump`. */
  readonly jumps: readonly number[];
}

/**
 * One episode with receding horizon: an observation every four actions, whose plan takes over `delay` actions
 * later; until then the old one is executed. Time is counted in actions: the robot waits for each reply.
 */
export async function runEpisode(world: World, planner: Planner, delay: number): Promise<Episode> {
  const drive = new Drive(world);
  const jumps: number[] = [];
  let old: Float32Array | undefined;
  for (let n = 0; n < MAX_ACTIONS / EXECUTED && drive.end === undefined; n++) {
    const passing = old === undefined ? 0 : delay; // the first plan is waited for: nothing moves yet
    const coming = planner.infer(observe(world, drive.at), passing);
    for (let i = 0; i < passing; i++) drive.move(planner.nextAction());
    const plan = await coming;
    if (old !== undefined) jumps.push(seamJump(old, plan, delay));
    for (let i = passing; i < EXECUTED; i++) drive.move(planner.nextAction());
    old = plan;
  }
  return drive.episode(jumps);
}

/** |a_new - a_old| where the new plan [16,2] takes over: from what the old one would have done there. */
export function seamJump(old: Float32Array, plan: Float32Array, delay: number): number {
  const [next, before] = [2 * delay, 2 * (EXECUTED + delay)];
  return Math.hypot(plan[next] - old[before], plan[next + 1] - old[before + 1]);
}

/** A robot on its way; it stands still once it has arrived or collided. */
export class Drive {
  readonly path: Point[];
  end: 'arrived' | 'collided' | undefined;

  constructor(private readonly world: World) {
    this.path = [world.start];
  }

  get at(): Point {
    return this.path.at(-1) ?? this.world.start;
  }

  /** @param action [2]; undefined: there is none, it stands still */
  move(action: Float32Array | undefined): void {
    if (this.end !== undefined || action === undefined) return;
    const { at, world } = this;
    const next = { x: at.x + action[0], y: at.y + action[1] };
    this.path.push(next);
    if (clearance(world, at, next) < 0) this.end = 'collided';
    else if (distance(next, world.goal) < GOAL_RADIUS) this.end = 'arrived';
  }

  episode(jumps: readonly number[]): Episode {
    const { path, end = 'late' } = this;
    return { path, end, side: sideOf(this.world, path), jumps };
  }
}
