import { found, StrideError, type Schemas, type StrideClient } from '#client';
import { JOB_KINDS } from '#contract';
import { PRIORITIES } from '#ddim';
import { type Job, pathOfJobs } from '../jobs/follow-job.js';
import type { ShownWorker } from './tables.js';

/** What `stride top` has to ask for: counts of the queues, and jobs. */
export interface SystemLists {
  readonly stats: Schemas['Stats'];
  /** The newest ones of each kind and all that run, each once. */
  readonly jobs: readonly Job[];
}

/** What `stride top` shows of a moment. */
export interface SystemSnapshot extends SystemLists {
  /** Undefined where the key may not see them. */
  readonly workers: readonly ShownWorker[] | undefined;
}

const JOBS_OF_A_KIND = 50;

/** @throws StrideError when the service refuses, TypeError when it cannot be reached */
export async function readSystem(client: StrideClient): Promise<SystemSnapshot> {
  const [lists, workers] = await Promise.all([readLists(client), readWorkers(client)]);
  return { ...lists, workers };
}

/** The lists as they were read, with everything that the live feed has said since. */
export function systemNow(live: Schemas['LiveSnapshot'], { stats, jobs }: SystemLists): SystemSnapshot {
  const { samplesPerSecond, rowStepsPerSecond, stepSeconds, rowsRunning, rowsWaiting, workersLive } = live;
  const queues = { ...stats.queues };
  for (const kind of JOB_KINDS) {
    const { active, delayed, waiting } = live.queues[kind];
    const inLine = PRIORITIES.reduce((sum, priority) => sum + waiting[priority].jobs, 0);
    queues[kind] = { ...queues[kind], active, delayed, waiting: inLine };
  }
  const rates = { samplesPerSecond, rowStepsPerSecond, stepSeconds, rowsRunning, rowsWaiting };
  return { stats: { ...rates, workers: workersLive, queues }, workers: live.workers ?? undefined, jobs };
}

/** @throws the same */
export async function readLists(client: StrideClient): Promise<SystemLists> {
  const [stats, ...pages] = await Promise.all([
    client.GET('/v1/stats').then(found),
    ...JOB_KINDS.flatMap((kind) => [
      readJobs(client, kind, {}),
      readJobs(client, kind, { status: 'running' } as const),
    ]),
  ]);
  const jobs = new Map(pages.flat().map((job) => [job.id, job]));
  return { stats, jobs: [...jobs.values()] };
}

/** Only administrators see workers; the rest is worth showing all the same. */
async function readWorkers(client: StrideClient): Promise<readonly ShownWorker[] | undefined> {
  try {
    return found(await client.GET('/v1/workers')).items;
  } catch (error) {
    if (error instanceof StrideError && error.code === 'forbidden_scope') return undefined;
    throw error;
  }
}

async function readJobs(
  client: StrideClient,
  kind: (typeof JOB_KINDS)[number],
  filter: { readonly status?: 'running' },
): Promise<readonly Job[]> {
  const params = { query: { ...filter, limit: JOBS_OF_A_KIND } };
  return found(await client.GET(pathOfJobs(kind), { params })).items;
}
