import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playedResult, playWorker, TestApi } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { bytesOf, fieldOf, ndarray, PolicyClient, type Received } from './policy-client.js';

/** More than a session keeps the numbers of before it reads no further for a while. */
const CROWD = 3_000;

const infer = (more: object = {}) => ({ state: ndarray([1, 2, 3]), ...more });
const untilQueued = (api: TestApi) =>
  until('one job is queued', async () => {
    const response = await api.fetch('/v1/sampling-jobs?status=queued');
    const { items }: { items: unknown[] } = JSON.parse(await response.text());
    return items.length === 1 ? true : undefined;
  });
const codeIn = (reply: Received) => (typeof reply === 'string' ? reply : fieldOf(reply.get('error'), 'code'));

describe.skipIf(!redisAvailable)('A session of the policy socket', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  const connect = async (query = '') => {
    const client = await PolicyClient.connect(`${api.url}/v1/policies/tiny${query}`);
    await client.next();
    return client;
  };
  const describePolicy = async (policy: object) => {
    const response = await api.fetch('/v1/models/tiny/versions/1/policy', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(policy),
    });
    expect(response.status).toBe(200);
  };

  it('goes on after an observation that no worker took before its deadline', async () => {
    const client = await connect('?deadline_ms=1');
    for (const chunk of [0, 1]) {
      const reply = await client.ask(infer());
      expect([codeIn(reply), fieldOf(reply, 'chunk')]).toEqual(['deadline_exceeded', chunk]);
    }
    client.close();
  });

  it('makes a plan of what took the place of another, for a robot that never waits, and of the newest', async () => {
    const client = await connect();
    client.send(infer());
    await untilQueued(api);
    expect(codeIn(await client.ask(infer()))).toBe('superseded');
    await untilQueued(api);
    for (let i = 2; i < 100; i++) client.send(infer());
    client.socket.ping();
    await once(client.socket, 'pong'); // all of them were read
    const worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedResult(job.data)));
    const replies: Received[] = [];
    while (replies.length < 99) replies.push(await client.next());
    expect(replies.map((reply) => fieldOf(reply, 'chunk'))).toEqual(Array.from({ length: 99 }, (_, i) => i + 1));
    expect(replies.map(codeIn)).toEqual([undefined, ...Array<string>(97).fill('superseded'), undefined]);
    await worker.close();
    client.close();
  });

  it('answers every one of thousands of observations that come before the first plan, and plans the newest', async () => {
    const client = await connect();
    for (let i = 0; i < CROWD; i++) client.send(infer());
    await untilQueued(api);
    const worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedResult(job.data)));
    const chunks: unknown[] = [];
    let newest: Received = '';
    while (chunks.length < CROWD) {
      newest = await client.next();
      chunks.push(fieldOf(newest, 'chunk'));
    }
    expect(chunks).toEqual(Array.from({ length: CROWD }, (_, i) => i));
    expect(bytesOf(newest)).toHaveLength(32);
    await worker.close();
    client.close();
  });

  it('is ended when its client reads no replies', async () => {
    const client = await PolicyClient.connect(`${api.url}/v1/policies/tiny/vla-eval`);
    client.socket.pause();
    const hello = { type: 'hello', payload: {}, seq: 1, timestamp: 0 };
    for (let i = 0; i < 60_000; i++) client.send(hello);
    await until('the service has no session', async () =>
      (await (await api.fetch('/metrics')).text()).includes('stride_policy_sessions 0') ? true : undefined,
    );
    client.close();
  });

  it('ignores further keys where the version says so, and takes its numbers from those that it names, in order', async () => {
    await describePolicy({ observationKeys: ['b', 'a'], unknownKeys: 'ignore', fps: 20 });
    const seen: unknown[] = [];
    const worker = await playWorker(api.redis.url, (job) => {
      const { data, shape } = job.data.request.observations;
      const bytes = Buffer.from(data, 'base64');
      seen.push(
        shape,
        [0, 4, 8].map((at) => bytes.readFloatLE(at)),
      );
      return Promise.resolve(playedResult(job.data));
    });
    const client = await connect();
    const reply = await client.ask({ a: ndarray([3]), image: ndarray([9, 9]), b: ndarray([1, 2]), prompt: 'go' });
    expect(bytesOf(reply)).toHaveLength(32);
    expect(seen).toEqual([
      [1, 3],
      [1, 2, 3],
    ]);
    await worker.close();
    client.close();
  });

  it('greets clients of RoboArena with the settings of their server alone', async () => {
    await describePolicy({ actionSpace: 'joint_position', observationKeys: ['state'] });
    const client = await PolicyClient.connect(`${api.url}/v1/policies/tiny`);
    const greeting = await client.next();
    expect(typeof greeting === 'string' ? greeting : Object.fromEntries(greeting)).toEqual({
      image_resolution: null,
      needs_wrist_camera: false,
      n_external_cameras: 0,
      needs_stereo_camera: false,
      needs_session_id: false,
      action_space: 'joint_position',
    });
    client.close();
  });
});
