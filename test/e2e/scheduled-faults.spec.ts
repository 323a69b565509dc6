import { describe, expect, it } from 'vitest';
import { FaultRun } from '../faults/fault-run.js';
import { breaches } from '../faults/invariants.js';
import type { JobEnd, RunRecord, SeenJob, StruckFault } from '../faults/run-record.js';
import { scheduleOf } from '../faults/schedule.js';
import { redisAvailable } from '../redis.js';

const end: JobEnd = { status: 'succeeded', code: null, sha256: 'a', finishedAt: '2026-01-01', attempts: 1 };
const cancelled: JobEnd = { ...end, status: 'cancelled', code: 'cancelled', sha256: null };
const holdings = { apiFiles: 40, redisClients: 30, temporaryFiles: 0 };

/** A run of one job in which all is well, but for what is given. */
function recordOf(job: Partial<SeenJob>, change: Partial<RunRecord> = {}): RunRecord {
  const whole: SeenJob = {
    id: 'smp_1',
    request: 0,
    attempts: [],
    ending: ['succeeded'],
    firstEnd: end,
    lastEnd: end,
    resultSha256: 'a',
    ...job,
  };
  return {
    jobs: new Map([['smp_1', whole]]),
    idsOfKeys: new Map([['job-1', new Set(['smp_1'])]]),
    answers: new Map([['202', 1]]),
    expected: ['a'],
    listed: ['smp_1'],
    left: 0,
    struck: [],
    before: holdings,
    after: holdings,
    ...change,
  };
}

describe('The laws of a run with faults', () => {
  it('hold where all is well, whether or not a job was cancelled', () => {
    const isCancelled = { firstEnd: cancelled, lastEnd: cancelled, ending: ['cancelled'], cancelAnswer: 202 };
    expect([...breaches(recordOf({})), ...breaches(recordOf(isCancelled))]).toEqual([]);
    expect(breaches(recordOf({ cancelAnswer: 409 }))).toEqual([]);
  });

  const [first, next] = [
    { attempt: 1, pid: 7, startedAt: 100 },
    { attempt: 2, pid: 8, startedAt: 200 },
  ];
  const again = (struck: Partial<StruckFault>) =>
    recordOf({ attempts: [first, next] }, { struck: [{ fault: '', hit: 7, fromMs: 150, toMs: 160, ...struck }] });

  it('explain a second start by what hit the worker of the first, or all of them, meanwhile', () => {
    for (const record of [again({}), again({ hit: 'all' }), again({ fromMs: 50 }), again({ toMs: 300 })])
      expect(breaches(record)).toEqual([]);
  });

  const failed = { ...end, status: 'failed', code: 'poisonous_job' };
  it.each([
    ['a job is lost', recordOf({ lastEnd: undefined }), 'what was acknowledged ends'],
    ['a job fails', recordOf({ firstEnd: failed, lastEnd: failed }), 'what was acknowledged ends'],
    ['a job nobody cancelled is', recordOf({ firstEnd: cancelled, lastEnd: cancelled }), 'what was acknowledged ends'],
    ['a second result is shown', recordOf({ lastEnd: { ...end, finishedAt: '2026-01-02' } }), 'a job has one end'],
    ['an attempt follows the end', recordOf({ lastEnd: { ...end, attempts: 2 } }), 'a job has one end'],
    ['a second end is published', recordOf({ ending: ['succeeded', 'succeeded'] }), 'a job has one end'],
    ['something follows the end', recordOf({ ending: ['succeeded', 'step'] }), 'a job has one end'],
    ['bytes differ from an undisturbed run', recordOf({}, { expected: ['b'] }), 'the same request'],
    ['bytes differ from their own hash', recordOf({ resultSha256: 'b' }), 'the same request'],
    ['one key has two jobs', recordOf({}, { idsOfKeys: new Map([['k', new Set(['x', 'y'])]]) }), 'an Idempotency-Key'],
    ['a job is there that nobody sent', recordOf({}, { listed: ['smp_1', 'smp_2'] }), 'nothing runs that was not'],
    ['a job is not listed', recordOf({}, { listed: [] }), 'what was acknowledged is listed'],
    ['a cancelled job has a result', recordOf({ cancelAnswer: 202 }), 'an accepted cancel'],
    ['a job begins again by itself', recordOf({ attempts: [first, next] }), 'a job begins again only'],
    ['a job begins again when another worker was hit', again({ hit: 8 }), 'a job begins again only'],
    ['a job begins again when no worker was hit', again({ hit: 'none' }), 'a job begins again only'],
    ['a job begins again after a fault before it', again({ fromMs: 50, toMs: 90 }), 'a job begins again only'],
    ['a job begins again before a fault', again({ fromMs: 250, toMs: 300 }), 'a job begins again only'],
    ['a job hangs', recordOf({}, { left: 1 }), 'the queue drains'],
    ['a job ends late', recordOf({ firstEnd: undefined }), 'the queue drains'],
    ['connections pile up', recordOf({}, { after: { ...holdings, redisClients: 60 } }), 'handles return'],
    ['a temporary file stays', recordOf({}, { after: { ...holdings, temporaryFiles: 1 } }), 'handles return'],
    ['an answer is 500', recordOf({}, { answers: new Map([['500', 1]]) }), 'errors are honest'],
    ['a 503 gives no hint', recordOf({}, { answers: new Map([['503 without Retry-After', 1]]) }), 'errors are honest'],
  ])('are broken when %s', (_, record, law) => {
    expect(breaches(record)).toEqual([expect.stringContaining(law)]);
  });

  it('are tried with the same faults whenever the seed is the same', () => {
    const plan = { every: [{ fault: 'kill a worker', ms: 500 }], shuffled: ['kill Redis', 'kill the API'] } as const;
    expect(scheduleOf(plan, 5_000, 7)).toEqual(scheduleOf(plan, 5_000, 7));
    expect(scheduleOf(plan, 5_000, 7)).not.toEqual(scheduleOf(plan, 5_000, 8));
  });
});

describe.skipIf(!redisAvailable)('While workers, Redis and the API are killed', () => {
  it('no job is lost, no byte changes, nothing ends twice', async () => {
    const run = await FaultRun.start({
      plan: { every: [{ fault: 'kill a worker', ms: 2_500 }], shuffled: ['kill Redis', 'kill the API'] },
      seed: 20_261_130,
      numJobs: 240,
      jobsPerSecond: 40,
      numWorkers: 2,
      maxRows: 4,
      maxSteps: 20,
      cancelled: 0.1,
      drainMs: 30_000,
    });
    try {
      expect(breaches(await run.record())).toEqual([]);
    } finally {
      await run.stop();
    }
  }, 180_000);
});
