import { describe, expect, it } from 'vitest';
import { redisAvailable } from '../redis.js';
import { deathsOf } from './deaths.js';
import { FaultRun, type FaultRunOptions } from './fault-run.js';
import { breaches } from './invariants.js';
import type { HeldJobs, RunRecord } from './run-record.js';

const NUM_JOBS = Number(process.env.STRIDE_FAULTS_JOBS ?? 2_000);
const SEED = Number(process.env.STRIDE_FAULTS_SEED ?? Date.now() % 2 ** 31);
const LIMIT_MS = 30 * 60_000;
const JOBS_PER_SECOND = 40;

const common = {
  seed: SEED,
  numJobs: NUM_JOBS,
  jobsPerSecond: JOBS_PER_SECOND,
  numWorkers: 3,
  maxRows: 4,
  maxSteps: 20,
  cancelled: 0,
  drainMs: 120_000,
};

/** `mostAgain`: the largest share of the jobs that may be begun more than once. */
const runs: readonly (FaultRunOptions & { readonly name: string; readonly mostAgain: number })[] = [
  { ...common, name: 'nothing', plan: {}, numJobs: NUM_JOBS / 10, mostAgain: 0 },
  {
    ...common,
    name: 'a worker killed every 2 s, and Redis twice',
    plan: {
      every: [{ fault: 'kill a worker', ms: 2_000 }],
      at: [{ fault: 'kill Redis', shares: [0.3, 0.6] }],
    },
    mostAgain: 0.03,
  },
  {
    ...common,
    name: 'a worker killed every second',
    plan: { every: [{ fault: 'kill a worker', ms: 1_000 }] },
    maxRows: 64,
    maxSteps: 100,
    jobsPerSecond: 20,
    numJobs: NUM_JOBS / 2,
    mostAgain: 1,
  },
  {
    ...common,
    name: 'everything, in an order that is drawn, while jobs are cancelled',
    plan: {
      shuffled: [
        'end a worker',
        'stop a worker for three locks',
        'take Redis away for two locks',
        'fill Redis',
        'slow the network and reset connections',
        'leave connections half open for 60 s',
        'kill the API',
        'kill the API',
      ],
    },
    cancelled: 0.1,
    jobsPerSecond: NUM_JOBS / 240, // as long as its faults last
    mostAgain: 1,
  },
];

function summary({ jobs, answers, struck }: RunRecord, held: readonly HeldJobs[]): string {
  const { numKilled, startedAgain, takenAgain, waits } = deathsOf({ jobs, struck });
  const at = (share: number) => waits[Math.floor(share * (waits.length - 1))];
  const waited = `${waits.length} had begun on a worker that died and waited ${at(0)} to ${at(1)} ms, half ${at(0.5)}`;
  return [
    `${jobs.size} jobs, ${numKilled} workers killed, ${startedAgain} jobs started again, ${takenAgain} taken again`,
    `killed workers held ${sum(held, 'started')} started jobs, native code had worked for ${sum(held, 'begun')}`,
    ...(waits.length > 0 ? [waited] : []),
    `answers ${JSON.stringify(Object.fromEntries(answers))}`,
  ].join('; ');
}

function sum(held: readonly HeldJobs[], which: keyof HeldJobs): number {
  return held.reduce((total, jobs) => total + jobs[which], 0);
}

describe.skipIf(!redisAvailable)(`While there are faults (STRIDE_FAULTS_SEED=${SEED})`, () => {
  it.each(runs)(
    'nothing is lost, no byte changes, nothing ends twice: $name',
    async ({ mostAgain, name, ...options }) => {
      const run = await FaultRun.start(options);
      try {
        const record = await run.record();
        process.stderr.write(`${name}, seed ${options.seed}: ${summary(record, run.held)}\n`);
        expect(breaches(record)).toEqual([]);
        expect(deathsOf(record).startedAgain).toBeLessThanOrEqual(mostAgain * record.jobs.size);
      } finally {
        await run.stop();
      }
    },
    LIMIT_MS,
  );
});
