import { found, StrideError, type Schemas, type StrideClient } from '#client';
import { JOB_KINDS } from '#contract';
import { type Job, pathOfJobs } from '../jobs/follow-job.js';

/** What `stride top` shows of a moment. */
export interface SystemSnapshot {
  readonly stats: Schemas['Stats'];
  /** Undefined where the key may not see them. */
  readonly workers: readonly Schemas['WorkerInfo'][] | undefined;
  /** The newest ones of each kind and all that run, each once. */
  readonly jobs: readonly Job[];
}

const JOBS_OF_A_KIND = 50;

/** @throws StrideError when the service refuses, TypeError when it cannot be reached */
export async function readSystem(client: StrideClient): Promise<SystemSnapshot> {
  const [stats, workers, ...pages] = await Promise.all([
    client.GET('/v1/stats').then(found),
    readWorkers(client),
    ...JOB_KINDS.flatMap((kind) => [
      readJobs(client, kind, {}),
      readJobs(client, kind, { status: 'running' } as const),
    ]),
  ]);
  const jobs = new Map(pages.flat().map((job) => [job.id, job]));
  return { stats, workers, jobs: [...jobs.values()] };
}

/** Only administrators see workers; the rest is worth showing all the same. */
async function readWorkers(client: StrideClient): Promise<readonly Schemas['WorkerInfo'][] | undefined> {
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
