import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { KINDS } from '#contract';
import type { CutLine } from '../cut-line.js';
import type { TestStride, TestWorker } from '../stride.js';
import { until } from '../until.js';
import type { HeldJobs, Hit } from './run-record.js';

const LOCK_MS = KINDS.sampling.lockMs;
const SLOW_MS = 15_000;
const HALF_OPEN_MS = 60_000;
const FULL_MS = 10_000;

/** What faults are done to. */
export interface Victim {
  readonly stride: TestStride;
  /** Between every process and Redis. */
  readonly line: CutLine;
  /** What a worker held when it died. */
  readonly heldBy: (pid: number) => Promise<HeldJobs>;
  /** What each killed worker held. */
  readonly held: HeldJobs[];
  /** Workers that take the place of killed ones. */
  readonly repairs: Promise<unknown>[];
}

/** @param draw in [0, 1), which worker it hits; @returns whom it hit */
type Fault = (victim: Victim, draw: number) => Promise<Hit>;

export const FAULTS = {
  'kill a worker': async (victim, draw) => {
    const worker = pick(victim.stride, draw);
    if (worker === undefined) return 'none'; // all of them are only starting
    const { pid } = worker.process;
    await victim.stride.killWorker(worker);
    replace(victim);
    victim.held.push(await victim.heldBy(pid));
    return pid;
  },
  'end a worker': async ({ stride }, draw) => {
    const worker = pick(stride, draw);
    if (worker === undefined) return 'none';
    const { pid } = worker.process;
    await Promise.all([stride.stopWorker(worker), stride.startWorker()]);
    return pid;
  },
  'stop a worker for three locks': async ({ stride }, draw) => {
    const worker = pick(stride, draw);
    if (worker === undefined) return 'none';
    const { pid } = worker.process;
    worker.process.signal('SIGSTOP');
    await sleep(3 * LOCK_MS);
    worker.process.signal('SIGCONT');
    return pid;
  },
  'kill Redis': async ({ stride }) => {
    await stride.redis.kill();
    await bringBack(stride);
    return 'all';
  },
  'take Redis away for two locks': async ({ stride }) => {
    await stride.redis.shutdown();
    await sleep(2 * LOCK_MS);
    await bringBack(stride);
    return 'all';
  },
  'fill Redis': async ({ stride }) => {
    const admin = new Redis(stride.redis.url);
    const before = await admin.config('GET', 'maxmemory');
    await admin.config('SET', 'maxmemory', '1mb');
    await sleep(FULL_MS);
    await admin.config('SET', 'maxmemory', String(Reflect.get(Object(before), 1)));
    admin.disconnect();
    return 'all';
  },
  'slow the network and reset connections': async ({ line }, draw) => {
    line.delayBy((passed) => 100 + 200 * ((passed * 0.618 + draw) % 1));
    for (let resets = 0; resets < 3; resets++) {
      await sleep(SLOW_MS / 3);
      line.reset();
    }
    line.delayBy(undefined);
    return 'all';
  },
  'leave connections half open for 60 s': async ({ line }) => {
    line.cut();
    await sleep(HALF_OPEN_MS);
    line.mend();
    return 'all';
  },
  'kill the API': async ({ stride }) => {
    await stride.api.kill();
    await stride.startApi();
    return 'none';
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** While nobody listens on its port, a connection that is tried may hold the port for a moment. */
async function bringBack({ redis }: TestStride): Promise<void> {
  await until('Redis is back', async () => {
    await redis.restart();
    return true;
  });
}

function pick(stride: TestStride, draw: number): TestWorker | undefined {
  const ready = stride.workers.filter(({ metrics }) => metrics !== '');
  return ready[Math.floor(draw * ready.length)];
}

function replace({ stride, repairs }: Victim): void {
  repairs.push(stride.startWorker());
}
