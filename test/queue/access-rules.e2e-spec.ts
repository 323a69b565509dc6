import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  GatedQueue,
  IdempotencyRecords,
  JobCancellation,
  JobEnds,
  JobEvents,
  JobLedger,
  NewJobs,
  queueOptions,
  jobOptions,
  workerOptions,
  STRIDE_PREFIX,
  WorkerHeartbeats,
  workerConnection,
} from '#queue';
import { newJobId } from '#contract';
import { startRedis, type TestRedis } from '../redis.js';

let server: TestRedis;
let admin: Redis;
let url: string;
const connections: Redis[] = [];

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
  const { hostname, port } = new URL(server.url);
  url = `redis://stride:secret@${hostname}:${port}`;
  // The rule of the deployment guide: our keys and channels, nothing that administers the server, and INFO.
  const rule = `on >secret ~${STRIDE_PREFIX}:* &${STRIDE_PREFIX}:* +@all -@admin -@dangerous +info`;
  await admin.call('ACL', 'SETUSER', 'stride', ...rule.split(' '));
});
afterAll(async () => {
  for (const connection of [admin, ...connections]) connection?.disconnect();
  await server?.stop();
});

function connect(options: object): Redis {
  const redis = new Redis(url, options);
  connections.push(redis);
  return redis;
}

describe('a Redis user that sees our keys alone', () => {
  it('cannot read what is not ours', async () => {
    const redis = connect(workerConnection);
    await expect(redis.get('other')).rejects.toThrow(/NOPERM/);
    await expect(redis.keys('*')).rejects.toThrow(/NOPERM/);
  });

  it('can run a job from its submission to its end', async () => {
    const redis = connect(workerConnection);
    const queue = new Queue('sampling', { ...queueOptions, connection: redis });
    const ends = new JobEnds(redis, connect(workerConnection));
    const jobId = newJobId('sampling');
    const ledger = new JobLedger(redis);
    const attempt = { kind: 'sampling', jobId, attemptsStarted: 1 } as const;
    const rows = { completedRows: 0, totalRows: 1 };
    const step = { type: 'step', completedSteps: 0, totalSteps: 1, secondsLeft: null, ...rows } as const;
    const worker = new Worker(
      'sampling',
      async (job, token) => {
        await ledger.started(attempt, { type: 'started', attempt: 1, worker: 'w', warnings: [] });
        await worker.extendJobLocks([jobId], [token ?? ''], 10_000);
        await new JobEvents(redis).publish(attempt, step);
        await job.updateProgress({ completedSteps: 1 });
        return ledger.advanceCheckpoint(
          { ...attempt, token: token ?? '' },
          { step: 1, sha256: 'a'.repeat(64), bytes: 1 },
        );
      },
      { ...workerOptions.sampling, connection: connect(workerConnection) },
    );
    worker.on('completed', () => void ends.publish(attempt, { type: 'succeeded' }));
    const ended = new Promise((resolve) => {
      void ends.subscribe('sampling', { onEnd: (_id, heard) => resolve(heard()), onSubscribed: () => undefined });
    });
    await queue.add('sample', {}, { ...jobOptions.sampling, jobId, priority: 2 });
    expect(await ended).toMatchObject({ attempts: 1, returnValue: [] });
    expect(await queue.clean(0, 10, 'completed')).toEqual([jobId]);
    await worker.close();
    await queue.close();
  });

  it('can use every record, stream, channel and heartbeat of ours, and ask for INFO and TIME', async () => {
    const redis = connect(workerConnection);
    const jobId = newJobId('sampling');
    const cancellation = new JobCancellation(redis, connect(workerConnection));
    await cancellation.subscribe({ onCancel: () => undefined, onSubscribed: () => undefined });
    expect(await cancellation.request('sampling', jobId)).toBe('unknown');
    const records = new IdempotencyRecords(redis);
    const claim = { scope: 's', key: 'k', fingerprint: 'f' };
    const queue = new Queue('sampling', { ...queueOptions, connection: redis });
    const gate = new GatedQueue(queue);
    await queue.waitUntilReady();
    const job = { kind: 'sampling', jobId, data: {}, options: { ...jobOptions.sampling, priority: 2 }, claim } as const;
    expect(await new NewJobs(redis).add(gate, job)).toMatchObject({ outcome: 'added' });
    expect(await records.find(claim)).toBe(jobId);
    await queue.close();
    expect(await new WorkerHeartbeats(redis).list()).toEqual([]);
    expect(await redis.info()).toContain('maxmemory_policy');
    expect(await redis.time()).toHaveLength(2);
  });
});
