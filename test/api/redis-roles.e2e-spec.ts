import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { findRedisServer, freePort } from '#system';
import { TestProcess, eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { TestApi } from './test-api.js';

const body = { model: 'tiny', observations: [[1, 2, 3]] };

async function acceptedJob(api: TestApi): Promise<string> {
  const { id } = (await (await api.post('/v1/sampling-jobs', body)).json()) as { id: string };
  return id;
}

describe.skipIf(!redisAvailable)('A Redis that answers and takes no jobs', () => {
  let api: TestApi;
  let admin: Redis;
  afterEach(async () => {
    admin.disconnect();
    await api.stop();
  });

  const ready = (status: number) =>
    until(`ready is ${status}`, async () => ((await api.fetch('/health/ready')).status === status ? true : undefined));
  const expectRefusal = async (code: string): Promise<void> => {
    const response = await api.post('/v1/sampling-jobs', body, { 'idempotency-key': crypto.randomUUID() });
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect([response.status, await response.json()]).toMatchObject([503, { code }]);
  };

  it('because it is a replica makes the API unready, and requests 503, until it is promoted', async () => {
    api = await TestApi.start();
    admin = new Redis(api.redis.url);
    const id = await acceptedJob(api);
    await admin.replicaof('127.0.0.1', await freePort());
    await ready(503);
    expect(JSON.stringify(await (await api.fetch('/health/ready')).json())).toContain('READONLY');
    await expectRefusal('queue_unavailable');
    expect((await api.fetch(`/v1/sampling-jobs/${id}/cancel`, { method: 'POST' })).status).toBe(503);
    expect((await api.fetch('/health/live')).status).toBe(200);
    await admin.replicaof('NO', 'ONE');
    await ready(200);
    expect((await api.post('/v1/sampling-jobs', body)).status).toBe(202);
  });

  it('because its memory is full refuses jobs and still shows those it has', async () => {
    api = await TestApi.start();
    admin = new Redis(api.redis.url);
    const id = await acceptedJob(api);
    await admin.config('SET', 'maxmemory', '1mb');
    await expectRefusal('queue_full');
    for (const path of [
      `/v1/sampling-jobs/${id}`,
      '/v1/sampling-jobs',
      '/v1/training-jobs',
      '/v1/stats',
      '/v1/workers',
    ])
      expect([path, (await api.fetch(path)).status]).toEqual([path, 200]);
    await admin.config('SET', 'maxmemory', '256mb');
    await until('there is room again', async () =>
      (await api.post('/v1/sampling-jobs', body)).status === 202 ? true : undefined,
    );
  });
});

describe.skipIf(!redisAvailable)('A node of a cluster that has other keys', () => {
  let directory: string;
  const nodes: ChildProcess[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) {
      node.kill('SIGKILL');
      await once(node, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('makes the API unready, and requests 503', async () => {
    directory = mkdtempSync(join(tmpdir(), 'stride-cluster-'));
    const [first, second] = [await startNode(directory, nodes), await startNode(directory, nodes)];
    await first.redis.call('CLUSTER', 'ADDSLOTSRANGE', 0, 8_191);
    await second.redis.call('CLUSTER', 'ADDSLOTSRANGE', 8_192, 16_383);
    await first.redis.call('CLUSTER', 'MEET', '127.0.0.1', second.port, second.bus);
    await until('the cluster stands', async () =>
      String(await first.redis.cluster('INFO')).includes('cluster_state:ok') ? true : undefined,
    );
    const slot = Number(await first.redis.cluster('KEYSLOT', '{stride}:x'));
    const other = slot < 8_192 ? second : first;
    const url = `redis://127.0.0.1:${other.port}`;
    for (const { redis } of [first, second]) redis.disconnect();
    const api = new TestProcess({
      name: 'api',
      script: 'dist/apps/api/src/main.js',
      env: { REDIS_URL: url, STRIDE_PORT: '0', STRIDE_ARTIFACTS: directory },
    });
    const base = String((await api.untilLine((line) => eventLine(line, 'ready'))).url);
    const answer = await until('it is unready', async () => {
      const response = await fetch(`${base}/health/ready`);
      return response.status === 503 ? response.text() : undefined;
    });
    expect(answer).toContain('MOVED');
    for (const path of [
      '/v1/sampling-jobs',
      '/v1/stats',
      '/v1/workers',
      '/v1/sampling-jobs/smp_01J00000000000000000000000',
    ])
      expect([path, (await fetch(base + path)).status]).toEqual([path, 503]);
    await api.stop();
  });
});

async function startNode(directory: string, nodes: ChildProcess[]) {
  const found = findRedisServer();
  if ('problem' in found) throw new Error(found.problem);
  const [port, bus] = [await freePort(), await freePort()];
  const settings = {
    port,
    'cluster-port': bus,
    bind: '127.0.0.1',
    save: '',
    dir: directory,
    'cluster-enabled': 'yes',
    'cluster-config-file': `${port}.conf`,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  nodes.push(spawn(found.binary, args, { stdio: 'ignore' }));
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, enableReadyCheck: false });
  redis.on('error', () => undefined); // until it listens
  await redis.ping();
  return { redis, port, bus };
}
