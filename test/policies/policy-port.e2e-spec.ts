import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playedResult, playWorker, TestApi } from '../api/test-api.js';
import { sendRaw } from '../api/raw-http.js';
import { eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { bytesOf, ndarray, PolicyClient } from './policy-client.js';

const POLICY = { STRIDE_POLICY: 'tiny', STRIDE_POLICY_PORT: '0' };
const UPGRADES = ['', 'Connection: Upgrade\r\nUpgrade: h2c\r\n', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'];

describe.skipIf(!redisAvailable)('An API with a port for robots', () => {
  let api: TestApi;
  let worker: Awaited<ReturnType<typeof playWorker>>;
  let robots: string;
  beforeAll(async () => {
    api = await TestApi.start(undefined, POLICY);
    worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedResult(job.data)));
    const ready = await api.process.untilLine((line) => eventLine(line, 'ready'));
    robots = String(ready.policies);
  });
  afterAll(async () => {
    await worker.close();
    await api.stop();
  });

  it.each(['', '/v1/policies/tiny'])('gives them plans at "%s" there, as on its other port', async (path) => {
    for (const url of [robots, api.url]) {
      const client = await PolicyClient.connect(`${url}${path}`);
      await client.next();
      expect(bytesOf(await client.ask({ state: ndarray([1, 2, 3]) }))).toHaveLength(32);
      client.close();
    }
  });

  it('answers what they ask beside it', async () => {
    for (const path of ['/healthz', '/health', '/config', '/v1/policies/tiny'])
      expect([path, (await fetch(`${robots}${path}`)).status]).toEqual([path, 200]);
  });

  it.each([
    'GET /v1/models',
    'GET /v1/%70olicies/../models',
    'GET /v1/policies/../models',
    'GET /v1/policies/tiny/..%2f..%2fmodels',
    'GET /metrics',
    'GET /queues/',
    'GET /docs',
    'GET /health/ready',
    'POST /v1/sampling-jobs',
  ])('has nothing else there: %s', async (request) => {
    for (const upgrade of UPGRADES) {
      const head = `${request} HTTP/1.1\r\nHost: 127.0.0.1\r\n${upgrade}Content-Length: 0\r\n\r\n`;
      expect(await sendRaw(robots, head)).toMatchObject({ status: 404 });
    }
  });

  it('does not start where there is no policy for it or the port is taken, and names the setting', async () => {
    const refusal = async (env: NodeJS.ProcessEnv) => {
      const other = api.again(env);
      expect((await other.exited).code).toBe(78);
      return other.lines.join('\n');
    };
    const taken = new URL(robots).port;
    expect(await refusal({ STRIDE_POLICY_PORT: '0' })).toContain('STRIDE_POLICY_PORT: needs STRIDE_POLICY');
    expect(await refusal({ ...POLICY, STRIDE_POLICY_PORT: taken })).toContain(
      `STRIDE_POLICY_PORT: cannot listen on 127.0.0.1:${taken}: it is in use`,
    );
  });
});
