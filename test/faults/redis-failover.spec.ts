import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob } from '#client';
import { KINDS } from '#contract';
import { redisAvailable } from '../redis.js';
import { RedisProcesses, type RedisProcess } from '../redis-processes.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';

const NUM_FAILOVERS = 10;
const NUM_JOBS = 40;
const LIMIT_MS = 10 * 60_000;
/** What a fail-over may cost besides: the lock of what ran. */
const MOVING_AGAIN_MS = KINDS.sampling.lockMs + 5_000;

describe.skipIf(!redisAvailable)('Masters behind Sentinel that are lost again and again', () => {
  const servers = new RedisProcesses();
  let stride: TestStride;
  let master: RedisProcess;
  let replica: RedisProcess;

  beforeAll(async () => {
    master = await servers.startServer();
    replica = await servers.startServer([`replicaof 127.0.0.1 ${master.port}`]);
    const sentinels = [];
    for (let i = 0; i < 3; i++) sentinels.push(await servers.startSentinel(master.port, 2));
    const nodes = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    stride = await TestStride.start({ env: { REDIS_URL: `redis+sentinel://${nodes}/stride` } });
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(async () => {
    await stride?.stop();
    await servers.stop();
  });

  const submit = (seed: number) =>
    stride.client.POST('/v1/sampling-jobs', {
      body: { model: 'tiny', observations: someObservations(4), numInferenceSteps: 500, seed },
    });
  const untilReplicated = () =>
    until('the replica is up to date', async () =>
      (await servers.client(`redis://127.0.0.1:${replica.port}`).info('replication')).includes('link_status:up')
        ? true
        : undefined,
    );

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'lose no job that was replicated, and jobs move again in time (%s)',
    async (signal) => {
      const ids: string[] = [];
      const pauses: number[] = [];
      for (let round = 0; round < NUM_FAILOVERS; round++) {
        await untilReplicated();
        const accepted = await Promise.all(Array.from({ length: NUM_JOBS }, (_, i) => submit(round * NUM_JOBS + i)));
        ids.push(...accepted.map((answer) => found(answer).id));
        expect(await servers.client(`redis://127.0.0.1:${master.port}`).wait(1, 5_000)).toBe(1);
        master.process.signal(signal);
        const lostAt = performance.now();
        const id = await until('a job is accepted', async () => (await submit(round)).data?.id);
        await waitForSamplingJob(stride.client, id);
        pauses.push(Math.round(performance.now() - lostAt));
        await master.process.kill();
        const back = await servers.startServer([`replicaof 127.0.0.1 ${replica.port}`], master.port);
        [master, replica] = [replica, back];
      }
      const ends = await Promise.all(ids.map(async (id) => (await waitForSamplingJob(stride.client, id)).status));
      process.stderr.write(`${signal}: accepted and done again after ${pauses.join(', ')} ms\n`);
      expect(ends.filter((status) => status !== 'succeeded')).toEqual([]);
      expect(Math.max(...pauses)).toBeLessThan(MOVING_AGAIN_MS);
    },
    LIMIT_MS,
  );
});
