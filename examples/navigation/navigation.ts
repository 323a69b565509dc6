import type { StrideClient } from '#client';
import { trainModel } from '../pendigits/training.js';
import { demonstrations } from './demonstrations.js';
import { runEpisode, type Episode } from './episode.js';
import { runFleet } from './fleet.js';
import { pathsPicture, type Panel } from './paths-picture.js';
import { openPlanner } from './open-planner.js';
import { METHODS, type Method } from './planner.js';
import { runInRealTime } from './real-time.js';
import { formatSeamRow, SEAM_HEADER, seamRow, type SeamRow } from './seam-table.js';
import { SeededRandom } from './seeded-random.js';
import { MODEL, trainingRequest } from './training-request.js';
import { makeWorld, type World } from './world.js';

export interface NavigationOptions {
  /** Episodes of the expert. */
  readonly demonstrations: number;
  readonly trainingSteps: number;
  /** Episodes of the policy for each method and delay. */
  readonly episodes: number;
  /** Actions that pass until a plan is there. */
  readonly delays: readonly number[];
  /** Episodes of each method in the picture. */
  readonly drawnEpisodes: number;
  /** Robots that drive by the clock. */
  readonly robots: number;
  readonly print: (line: string) => void;
}

export interface NavigationReport {
  readonly rows: readonly SeamRow[];
  /** SVG of the paths with the longest delay. */
  readonly picture: string;
}

/** Worlds of the episodes are none of the demonstrations'. */
const [DEMONSTRATION_SEED, WORLD_SEED] = [1, 2];
const DRAWN_WORLD: World = { start: { x: 0, y: -1 }, goal: { x: 0, y: 1 }, middle: { x: 0, y: 0, radius: 0.3 } };
/** Between the first and the last start of the drawn episodes, in metres. */
const DRAWN_WIDTH = 0.5;

/** Trains a policy through the queue, and lets it drive: what each way of joining two plans is worth. */
export async function runNavigation(client: StrideClient, options: NavigationOptions): Promise<NavigationReport> {
  const { print, episodes, delays } = options;
  await client.uploadDataset(MODEL, demonstrations(options.demonstrations, DEMONSTRATION_SEED));
  const { model, loss } = await trainModel(client, trainingRequest(options.trainingSteps));
  print(`${model}: ${options.trainingSteps} steps, loss ${loss.toFixed(4)}`);
  print(`\n${episodes} episodes each, an observation every four actions\n${SEAM_HEADER}`);
  const rows: SeamRow[] = [];
  for (const delay of delays)
    for (const method of METHODS) {
      const row = seamRow(method, delay, await drive({ client, model, method, delay }, episodes, worldOf));
      print(formatSeamRow(row));
      rows.push(row);
    }
  await driveByTheClock(client, model, options);
  return { rows, picture: await drawPaths(client, model, options) };
}

interface Driving {
  readonly client: StrideClient;
  readonly model: string;
  readonly method: Method;
  readonly delay: number;
}

/** The policy's own worlds, the same for every method. */
function worldOf(episode: number): World {
  return makeWorld(new SeededRandom(WORLD_SEED, episode));
}

function drive({ client, model, method, delay }: Driving, count: number, world: (i: number) => World) {
  return runFleet<Episode>(count, (episode) => {
    const planner = openPlanner(client, { model, method, seed: episode });
    return runEpisode(world(episode), planner, delay).finally(() => planner.close());
  });
}

async function driveByTheClock(client: StrideClient, model: string, { robots, print }: NavigationOptions) {
  const worlds = Array.from({ length: robots }, (_, i) => worldOf(i));
  const { episodes, latencyMs, numLate, numIdle } = await runInRealTime(client, model, worlds);
  const arrived = episodes.filter(({ end }) => end === 'arrived').length;
  const latency = `observation to plan p50 ${latencyMs.p50.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms`;
  print(`\n${robots} robots at 20 Hz: ${arrived} arrive; ${latency}`);
  print(
    `of ${latencyMs.count} plans ${numLate} came later than the delay they were made for; ${numIdle} ticks without an action`,
  );
}

async function drawPaths(
  client: StrideClient,
  model: string,
  { delays, drawnEpisodes }: NavigationOptions,
): Promise<string> {
  const delay = Math.max(...delays);
  const startOf = (i: number) => ({ x: DRAWN_WIDTH * (i / Math.max(1, drawnEpisodes - 1) - 0.5), y: -1 });
  const drawnWorld = (i: number) => ({ ...DRAWN_WORLD, start: startOf(i) });
  const panels: Panel[] = [];
  for (const method of METHODS) {
    const episodes = await drive({ client, model, method, delay }, drawnEpisodes, drawnWorld);
    panels.push({ title: `${method}, delay ${delay}`, world: DRAWN_WORLD, episodes });
  }
  return pathsPicture(panels);
}
