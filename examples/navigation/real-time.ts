import { setTimeout as pause } from 'node:timers/promises';
import type { StrideClient } from '#client';
import { summarize, type Percentiles } from '#load';
import { Drive, EXECUTED, MAX_ACTIONS, type Episode } from './episode.js';
import { observe, type World } from './world.js';

const FPS = 20;
const TICK_MS = 1_000 / FPS;

export interface RealTimeRun {
  readonly episodes: readonly Episode[];
  /** From an observation to its plan, without the first of each robot, which also connects. */
  readonly latencyMs: Percentiles;
  /** Plans that came later than after the actions which they had been made for. */
  readonly numLate: number;
  /** Ticks without an action, as the plan was used up. */
  readonly numIdle: number;
}

interface TimedPlan {
  readonly latencyMs: number;
  readonly isLate: boolean;
}

/** Robots that drive by the clock at 20 Hz, all at once; the service guesses how late its plans are. */
export async function runInRealTime(
  client: StrideClient,
  model: string,
  worlds: readonly World[],
): Promise<RealTimeRun> {
  const runs = await Promise.all(
    worlds.map(async (world, seed) => {
      await pause((EXECUTED * TICK_MS * seed) / worlds.length); // robots do not observe in step
      return runRobot(client, model, world, seed);
    }),
  );
  const plans = runs.flatMap((run) => run.plans.slice(1));
  return {
    episodes: runs.map(({ episode }) => episode),
    latencyMs: summarize(plans.map(({ latencyMs }) => latencyMs)),
    numLate: plans.filter(({ isLate }) => isLate).length,
    numIdle: runs.reduce((sum, { numIdle }) => sum + numIdle, 0),
  };
}

async function runRobot(client: StrideClient, model: string, world: World, seed: number) {
  const robot = client.policy(model, { fps: FPS, seed });
  const drive = new Drive(world);
  const plans: TimedPlan[] = [];
  let numExecuted = 0;
  let planStartedAt = 0;
  let numIdle = 0;
  const infer = async () => {
    const [askedAt, executed] = [performance.now(), numExecuted];
    const { reply } = await robot.infer({ state: observe(world, drive.at) });
    planStartedAt = executed;
    const isLate = numExecuted - executed > Number(reply.delay_steps);
    plans.push({ latencyMs: performance.now() - askedAt, isLate });
  };
  await infer();
  let coming: Promise<void> | undefined;
  const startedAt = performance.now();
  for (let tick = 1; tick <= MAX_ACTIONS && drive.end === undefined; tick++) {
    if (numExecuted - planStartedAt >= EXECUTED) coming ??= infer().finally(() => (coming = undefined));
    const action = robot.nextAction();
    if (action === undefined) numIdle += 1;
    else numExecuted += 1;
    drive.move(action);
    await pause(startedAt + tick * TICK_MS - performance.now());
  }
  await coming;
  robot.close();
  return { episode: drive.episode([]), plans, numIdle };
}
