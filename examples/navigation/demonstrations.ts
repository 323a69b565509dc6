import { encodeSafetensors } from '#storage';
import { expertPlan, expertStep } from './expert.js';
import { SeededRandom } from './seeded-random.js';
import {
  clearance,
  distance,
  GOAL_RADIUS,
  makeWorld,
  observe,
  OBS_SIZE,
  type Point,
  type Side,
  type World,
} from './world.js';

/** Actions of a plan, 0.8 s. */
export const HORIZON = 16;
const MAX_STEPS = 80;
/** Metres; the expert is pushed about as much at each step, so that its data show ways back. */
const PUSH = 0.02;
/** Share of episodes that begin anywhere, as if a policy had gone astray. */
const ASTRAY = 0.4;

export interface Demonstration {
  readonly world: World;
  readonly side: Side;
  readonly path: readonly Point[];
}

/** Safetensors: `observations [N,6]` and what the expert would do from there, `actions [N,16,2]`. */
export function demonstrations(numEpisodes: number, seed: number): Uint8Array {
  const observations: number[] = [];
  const plans: Float32Array[] = [];
  for (let episode = 0; episode < numEpisodes; episode++) {
    const { world, side, path } = demonstrate(new SeededRandom(seed, episode));
    for (const at of path) {
      observations.push(...observe(world, at));
      plans.push(expertPlan(world, at, side, HORIZON));
    }
  }
  const actions = new Float32Array(plans.length * 2 * HORIZON);
  for (const [i, plan] of plans.entries()) actions.set(plan, i * plan.length);
  return encodeSafetensors([
    { name: 'observations', shape: [plans.length, OBS_SIZE], data: Float32Array.from(observations) },
    { name: 'actions', shape: [plans.length, HORIZON, 2], data: actions },
  ]);
}

/** One episode of the expert: each side as often, unless it begins where one of them is nearer. */
export function demonstrate(random: SeededRandom): Demonstration {
  const world = makeWorld(random);
  const isAstray = random.next() < ASTRAY;
  let at = isAstray ? anywhere(world, random) : world.start;
  const toss = random.next() < 0.5 ? 'left' : 'right';
  const side = isAstray ? (at.x < world.middle.x ? 'left' : 'right') : toss;
  const path = [at];
  while (path.length < MAX_STEPS && distance(at, world.goal) > GOAL_RADIUS / 4) {
    const { x, y } = expertStep(world, at, side);
    const next = { x: at.x + x + random.within(PUSH), y: at.y + y + random.within(PUSH) };
    at = next;
    path.push(at);
  }
  return { world, side, path };
}

function anywhere(world: World, random: SeededRandom): Point {
  for (;;) {
    const at = { x: random.within(0.9), y: random.within(1.1) };
    if (clearance(world, at, at) > 0.03) return at;
  }
}
