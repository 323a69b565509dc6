import { afterEach, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob } from '#client';
import { jobIdShard } from '#contract';
import { shardPrefix } from '#queue';
import { redisAvailable } from '../redis.js';
import { RedisProcesses } from '../redis-processes.js';
import { TestStride } from '../stride.js';
import { someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';
import { runWholeFlow } from './whole-flow.js';

const NUM_JOBS = 20;
const SHARDS = 3;

describe.skipIf(!redisAvailable)('API and workers', () => {
  let servers: RedisProcesses;
  let stride: TestStride | undefined;
  afterEach(async () => {
    await stride?.stop();
    await servers.stop();
  });

  async function start(url: string, env: NodeJS.ProcessEnv = {}): Promise<TestStride> {
    stride = await TestStride.start({ env: { REDIS_URL: url, STRIDE_THREADS: '1', ...env } });
    await uploadTinyDataset(stride.client);
    return stride;
  }

  /** Submits so many jobs and gives their ids; their results depend on their seeds alone. */
  async function submit({ client }: TestStride): Promise<string[]> {
    const body = { model: 'tiny', observations: someObservations(4), numInferenceSteps: 500 };
    const jobs = Array.from({ length: NUM_JOBS }, (_, seed) =>
      client.POST('/v1/sampling-jobs', { body: { ...body, seed } }),
    );
    return (await Promise.all(jobs)).map((answer) => found(answer).id);
  }

  it('follow the master that sentinels name, and lose none of the jobs that had reached the replica', async () => {
    servers = new RedisProcesses();
    const master = await servers.startServer();
    const replica = await servers.startServer([`replicaof 127.0.0.1 ${master.port}`]);
    const sentinels = [await servers.startSentinel(master.port, 2), await servers.startSentinel(master.port, 2)];
    const nodes = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const running = await start(`redis+sentinel://${nodes}/stride`);
    await trainTinyModel(running.client, { model: 'tiny' });
    const ids = await submit(running);
    const admin = servers.client(`redis://127.0.0.1:${master.port}`);
    expect(await admin.wait(1, 5_000)).toBe(1); // what is acknowledged has reached the replica
    await master.process.kill();
    for (const id of ids) expect((await waitForSamplingJob(running.client, id)).status).toBe('succeeded');
    expect(await servers.client(`redis://127.0.0.1:${replica.port}`).role()).toContain('master');
    expect((await running.client.GET('/v1/stats')).response.status).toBe(200);
  });

  it('run everything on a cluster, shards on different nodes, and follow a hash slot to another node', async () => {
    servers = new RedisProcesses();
    const nodes = await servers.startCluster(3);
    const owner = await servers.replicateOwner(nodes, '{stride}:x');
    const others = nodes.filter((node) => node !== owner);
    const url = `redis+cluster://${others.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
    const running = await start(url, { STRIDE_SHARDS: String(SHARDS) });
    expect(await runWholeFlow(running)).toMatch(/^[0-9a-f]{64}$/);
    const ids = await submit(running);
    expect(new Set(ids.map(jobIdShard)).size).toBeGreaterThan(1);
    const owners = await Promise.all([0, 1, 2].map((shard) => servers.ownerOf(nodes, `${shardPrefix(shard)}:x`)));
    expect(new Set(owners).size).toBe(SHARDS);
    expect(await servers.client(`redis://127.0.0.1:${owner.port}`).wait(1, 5_000)).toBe(1);
    await owner.process.kill();
    for (const id of ids) expect((await waitForSamplingJob(running.client, id)).status).toBe('succeeded');
  });
});
