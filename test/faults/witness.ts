import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { isFinalEvent, SamplingJob } from '#contract';
import { JobEvents, STRIDE_PREFIX } from '#queue';
import type { Producer } from './producer.js';
import type { HeldJobs, JobEnd, SeenJob } from './run-record.js';

const JOBS = '/v1/sampling-jobs';
const LOOK_MS = 200;
const AT_ONCE = 16;

const Page = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })), nextCursor: z.string().nullable() });

/** Sees what is published of the jobs of a run, and what the API shows of them, without a part in them. */
export class Witness {
  readonly jobs = new Map<string, SeenJob>();
  readonly #open = new Map<string, SeenJob>();
  readonly #events: JobEvents;
  #isWatching = true;
  readonly #watched: Promise<void>;

  constructor(
    private readonly redis: Redis,
    private readonly producer: Producer,
  ) {
    this.#events = new JobEvents(redis);
    this.#watched = this.#watch();
  }

  /** From now on the job is watched. */
  follow(id: string, request: number): SeenJob {
    const job: SeenJob = { id, request, attempts: [], ending: [] };
    this.jobs.set(id, job);
    this.#open.set(id, job);
    return job;
  }

  get numOpen(): number {
    return this.#open.size;
  }

  /** What a worker held when it died: call at once. */
  async heldBy(pid: number): Promise<HeldJobs> {
    const active = new Set(await this.redis.lrange(`${STRIDE_PREFIX}:sampling:active`, 0, -1));
    const jobs = [...this.#open.values()].filter(({ id }) => active.has(id));
    await Promise.all(jobs.map((job) => this.#lookAtEvents(job)));
    const held = jobs.filter(({ attempts }) => attempts.at(-1)?.pid === pid);
    const starts = await Promise.all(held.map(({ id }) => this.redis.hget(`${STRIDE_PREFIX}:ledger:${id}`, 'starts')));
    return { started: held.length, begun: starts.filter((count) => count !== null).length };
  }

  async stop(): Promise<void> {
    this.#isWatching = false;
    await this.#watched;
  }

  /** Everything again, once all has come to rest: ends, bytes, and events as far as they are still kept. */
  async lookAgain(): Promise<void> {
    const jobs = [...this.jobs.values()];
    const next = async (): Promise<void> => {
      for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
        await this.#lookAtEvents(job);
        job.lastEnd = await this.#endOf(job.id);
        if (job.lastEnd?.status === 'succeeded') job.resultSha256 = await this.#sha256Of(job.id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** The ids of all jobs, page by page. */
  async listed(): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
      const answer = await this.producer.fetch(`${JOBS}?limit=200${query}`);
      const page = Page.parse(await answer?.json());
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  }

  async #watch(): Promise<void> {
    while (this.#isWatching) {
      await sleep(LOOK_MS);
      const looks = [...this.#open.values()].map((job) => this.#lookAt(job));
      await Promise.allSettled(looks); // Redis or the API may be away: the next look sees it
    }
  }

  async #lookAt(job: SeenJob): Promise<void> {
    await this.#lookAtEvents(job);
    if (job.ending.length === 0) return;
    const end = await this.#endOf(job.id);
    if (end?.finishedAt === undefined || end.finishedAt === null) return;
    job.firstEnd = end;
    this.#open.delete(job.id);
  }

  async #lookAtEvents(job: SeenJob): Promise<void> {
    const stored = await this.#events.read(job.id);
    if (stored.length === 0) return; // they are kept for minutes
    job.attempts = stored.flatMap(({ id, event }) =>
      event.type === 'started'
        ? [{ attempt: event.attempt, pid: pidOf(event.worker), startedAt: Number.parseInt(id, 10) }]
        : [],
    );
    const end = stored.findIndex(({ event }) => isFinalEvent(event));
    job.ending = end < 0 ? [] : stored.slice(end).map(({ event }) => event.type);
  }

  async #endOf(id: string): Promise<JobEnd | undefined> {
    const answer = await this.producer.fetch(`${JOBS}/${id}`);
    if (answer?.status !== 200) return undefined;
    const { status, error, result, finishedAt, attempts } = SamplingJob.parse(await answer.json());
    return { status, code: error?.code ?? null, sha256: result?.sha256 ?? null, finishedAt, attempts };
  }

  /** Of the numbers of a result, as a npy file brings them. */
  async #sha256Of(id: string): Promise<string | undefined> {
    const answer = await this.producer.fetch(`${JOBS}/${id}/result`, { headers: { accept: 'application/x-npy' } });
    if (answer?.status !== 200) return undefined;
    const file = Buffer.from(await answer.arrayBuffer());
    return createHash('sha256')
      .update(file.subarray(10 + file.readUInt16LE(8)))
      .digest('hex');
  }
}

/** Of a worker's process, by the worker's id. */
function pidOf(worker: string): number {
  return Number(worker.split('-').at(-2));
}
