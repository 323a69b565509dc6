import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobMix, LoadSize } from './job-mix.js';
import { nearestRank } from './percentiles.js';
import type { ErrorCode, Sender } from './sender.js';

/** What is sent, and for how long. */
export interface Load {
  readonly sender: Sender;
  readonly mix: JobMix;
  /** Load before the measured time. */
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** One job that has ended. Times are ms of performance.now(). */
export interface EndedJob {
  readonly size: LoadSize;
  /** When it should have been sent. */
  readonly dueAt: number;
  readonly endedAt: number;
  readonly error: ErrorCode;
}

/** What happened from the warm-up to the answer of the last job. */
export interface LoadRun {
  readonly jobs: readonly EndedJob[];
  /** The measured time. */
  readonly from: number;
  readonly to: number;
  /** Share of the time in which the client's event loop worked, while it had jobs to send. */
  readonly clientRatio: number;
  /** Sending stopped before its time, because the limit could not be kept any more. */
  readonly gaveUp: boolean;
}

/** Latencies that most jobs must keep. */
export interface LatencyLimit {
  readonly percent: number;
  readonly ms: number;
}

const WATCH_MS = 50;

/** Closed loop: so many clients, each of which sends its next job when the last one is answered. */
export async function runClients(load: Load, clients: number): Promise<LoadRun> {
  const clock = startClock(load);
  const jobs: EndedJob[] = [];
  const before = performance.eventLoopUtilization();
  let clientRatio: number | undefined;
  let sent = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < clock.to) jobs.push(await runJob(load, sent++, performance.now()));
    clientRatio ??= performance.eventLoopUtilization(before).utilization;
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { jobs, from: clock.from, to: clock.to, clientRatio: clientRatio ?? 0, gaveUp: false };
}

/**
 * Open loop: jobs are due at given times, whether earlier ones are answered or not, and their latency counts
 * from then. A service that stalls is charged for every job that would have come meanwhile (no coordinated
 * omission).
 * @param arrivals ascending, in ms after the start of the warm-up
 * @param limit gives up as soon as it cannot be kept any more
 */
export async function runArrivals(load: Load, arrivals: readonly number[], limit?: LatencyLimit): Promise<LoadRun> {
  const clock = startClock(load);
  const open = new Map<number, number>();
  const jobs: EndedJob[] = [];
  const dueTimes = arrivals.map((ms) => clock.startedAt + ms);
  const patience = limit && new Patience(limit, dueTimes.filter((due) => due >= clock.from && due < clock.to).length);
  const run = async (index: number, dueAt: number): Promise<void> => {
    open.set(index, dueAt);
    const job = await runJob(load, index, dueAt);
    open.delete(index);
    jobs.push(job);
    if (dueAt >= clock.from) patience?.ended(job);
  };
  const running: Promise<void>[] = [];
  const before = performance.eventLoopUtilization();
  let lookedAt = 0;
  let gaveUp = false;
  for (const [index, dueAt] of dueTimes.entries()) {
    await sleepUntil(dueAt);
    if (patience && performance.now() - lookedAt > WATCH_MS) {
      lookedAt = performance.now();
      gaveUp = patience.isOver([...open.values()].filter((due) => due >= clock.from));
    }
    if (gaveUp) break;
    running.push(run(index, dueAt));
  }
  const clientRatio = performance.eventLoopUtilization(before).utilization;
  await Promise.all(running);
  return { jobs, from: clock.from, to: clock.to, clientRatio, gaveUp };
}

/** Counts jobs that were or will be later than the limit. */
class Patience {
  private late = 0;
  private readonly allowed: number;

  constructor(
    private readonly limit: LatencyLimit,
    numJobs: number,
  ) {
    this.allowed = numJobs - nearestRank(numJobs, limit.percent);
  }

  ended({ dueAt, endedAt, error }: EndedJob): void {
    if (error !== undefined || endedAt - dueAt > this.limit.ms) this.late += 1;
  }

  /** @param open due times of jobs without an answer */
  isOver(open: readonly number[]): boolean {
    const deadline = performance.now() - this.limit.ms;
    return this.late + open.filter((dueAt) => dueAt < deadline).length > this.allowed;
  }
}

interface Clock {
  readonly startedAt: number;
  readonly from: number;
  readonly to: number;
}

function startClock({ warmUpMs, durationMs }: Load): Clock {
  const startedAt = performance.now();
  return { startedAt, from: startedAt + warmUpMs, to: startedAt + warmUpMs + durationMs };
}

async function runJob({ sender, mix }: Load, index: number, dueAt: number): Promise<EndedJob> {
  const place = mix.at(index);
  const size = mix.sizes[place];
  if (size === undefined) throw new RangeError(`there is no size ${place}`);
  const error = await sender.run(place, index);
  return { size, dueAt, endedAt: performance.now(), error };
}

/** Timers have whole milliseconds: never early, up to one late, which counts as latency. */
async function sleepUntil(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await sleep(Math.ceil(left));
}
