import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SamplingJob } from '#contract';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { bytesOf, fieldOf, ndarray, PolicyClient, type Received } from './policy-client.js';

const OBSERVATION = [0.25, -0.5, 0.75];
const infer = (more: object = {}) => ({ state: ndarray(OBSERVATION), ...more });

function mapOf(reply: Received): Map<string, unknown> {
  if (typeof reply === 'string') throw new Error(reply);
  return reply;
}

describe.skipIf(!redisAvailable)('The policy socket', () => {
  let stride: TestStride;
  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_POLICY: 'tiny@1' } });
    await publishTinyModel(`${stride.directory}/artifacts`, 'tiny');
  });
  afterAll(() => stride.stop());

  const connect = (path = '/v1/policies/tiny') => PolicyClient.connect(`${stride.url}${path}`);
  const post = async (body: object) => {
    const response = await fetch(`${stride.url}/v1/sampling-jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30, tensors=base64' },
      body: JSON.stringify(body),
    });
    return SamplingJob.parse(await response.json());
  };

  it.each(['/', '/v1/realtime/robot/openpi', '/v1/policies/tiny@1'])(
    'greets at %s with what the policy takes and gives, before anything is sent',
    async (path) => {
      const client = await connect(path);
      const metadata = mapOf(await client.next());
      expect(Object.fromEntries(metadata)).toMatchObject({
        model: 'tiny@1',
        observation_size: 3,
        action_horizon: 4,
        action_dim: 2,
      });
      client.close();
    },
  );

  it('answers an observation with the bytes that the same request has over HTTP', async () => {
    const client = await connect('/v1/policies/tiny?seed=7&steps=5&eta=0.5');
    await client.next();
    const replies = [mapOf(await client.ask(infer())), mapOf(await client.ask(infer()))];
    for (const [chunk, reply] of replies.entries()) {
      expect(reply.get('chunk')).toBe(chunk);
      const job = await post({
        model: 'tiny@1',
        observations: [OBSERVATION],
        numInferenceSteps: 5,
        eta: 0.5,
        seed: Number(reply.get('seed')),
      });
      expect(fieldOf(reply.get('actions'), 'shape')).toEqual([4, 2]);
      expect(fieldOf(reply.get('actions'), 'dtype')).toBe('<f4');
      expect(bytesOf(reply).toString('base64')).toBe(job.result?.data);
    }
    const timings = replies.map((reply) => reply.get('server_timing'));
    expect(timings[0]).not.toHaveProperty('size', 2);
    expect(fieldOf(timings[0], 'prev_total_ms')).toBeUndefined();
    expect(fieldOf(timings[1], 'prev_total_ms')).toBeGreaterThan(0);
    expect(fieldOf(replies[0]?.get('policy_timing'), 'infer_ms')).toBeGreaterThanOrEqual(0);
    client.close();
  });

  it('gives a session with the same seed the same plans again, and each chunk its own', async () => {
    const plans = async () => {
      const client = await connect('/v1/policies/tiny?seed=11');
      await client.next();
      const actions = [bytesOf(await client.ask(infer())), bytesOf(await client.ask(infer()))];
      client.close();
      return actions.map((bytes) => bytes.toString('hex'));
    };
    const [first, again] = [await plans(), await plans()];
    expect(again).toEqual(first);
    expect(first[0]).not.toBe(first[1]);
  });

  it('pulls a plan towards the one before, as over HTTP, and says the delay that it used and when each step is due', async () => {
    const client = await connect('/v1/policies/tiny?seed=3&fps=20');
    await client.next();
    const before = mapOf(await client.ask(infer()));
    const stateful = { stride: { executed_steps: 1, delay_steps: 1, observed_at: 100 } };
    const after = mapOf(await client.ask(infer(stateful)));
    const job = await post({
      model: 'tiny@1',
      observations: [OBSERVATION],
      seed: Number(after.get('seed')),
      realTimeChunking: {
        previousActions: { shape: [1, 4, 2], dtype: 'float32', data: bytesOf(before).toString('base64') },
        executedSteps: 1,
        delaySteps: 1,
      },
    });
    expect(bytesOf(after).toString('base64')).toBe(job.result?.data);
    expect([before.get('delay_steps'), after.get('delay_steps')]).toEqual([0, 1]);
    const times = bytesOf(after, 'action_times');
    expect([0, 1, 2, 3].map((step) => times.readDoubleLE(8 * step))).toEqual([100, 100.05, 100.1, 100.15]);
    client.close();
  });

  it.each([
    ['whole', 0, 1],
    ['as what is left of it', 1, 0],
  ])('pulls a plan towards one that the client sends itself, %s', async (_form, lost, executed) => {
    const ask = async (underWay: object) => {
      const client = await connect('/v1/policies/tiny?seed=3');
      await client.next();
      const before = mapOf(await client.ask(infer()));
      const after = mapOf(await client.ask(infer({ stride: { delay_steps: 1, ...underWay } })));
      client.close();
      return { before: bytesOf(before), after: bytesOf(after).toString('hex') };
    };
    const { before, after: kept } = await ask({ executed_steps: 1, chunk: 0 });
    const actions = Array.from({ length: 8 }, (_, i) => before.readFloatLE(4 * i)).slice(2 * lost);
    const previous = { executed_steps: executed, previous_actions: ndarray(actions, [actions.length / 2, 2]) };
    expect((await ask(previous)).after).toBe(kept);
    expect((await ask({})).after).not.toBe(kept);
  });

  it('answers each of several observations at once, in order, and those that a newer one took the place of with superseded', async () => {
    const client = await connect();
    await client.next();
    for (let i = 0; i < 5; i++) client.send(infer());
    const replies: Map<string, unknown>[] = [];
    for (let i = 0; i < 5; i++) replies.push(mapOf(await client.next()));
    expect(replies.map((reply) => reply.get('chunk'))).toEqual([0, 1, 2, 3, 4]);
    for (const reply of replies.slice(0, 4))
      expect([32, 'superseded']).toContain(fieldOf(reply.get('error'), 'code') ?? bytesOf(reply).length);
    expect(bytesOf(replies[4] ?? '')).toHaveLength(32);
    client.close();
  });

  it('resets as RoboArena asks: the plan after it continues none', async () => {
    const client = await connect();
    await client.next();
    expect(bytesOf(await client.ask(infer({ endpoint: 'infer' })))).toHaveLength(32);
    const delayOfNext = async () =>
      mapOf(await client.ask(infer({ stride: { executed_steps: 1, delay_steps: 1 } }))).get('delay_steps');
    expect(await delayOfNext()).toBe(1);
    expect(await client.ask({ endpoint: 'reset' })).toBe('reset successful');
    expect(await delayOfNext()).toBe(0);
    client.close();
  });

  it('speaks the protocol of vla-eval: one step of a plan per observation, and errors that end nothing', async () => {
    const whole = await connect('/v1/policies/tiny?seed=7');
    await whole.next();
    const plan = bytesOf(await whole.ask(infer()));
    whole.close();
    const client = await connect('/v1/policies/tiny/vla-eval?seed=7');
    const say = (type: string, payload: unknown, seq: number) => ({ type, payload, seq, timestamp: 1.5 });
    const hello = { harness_version: '0.5', protocol_version: 1, benchmark: 'LIBERO' };
    const greeted = mapOf(await client.ask(say('hello', hello, 0)));
    expect([greeted.get('type'), greeted.get('seq')]).toEqual(['hello', 0]);
    client.send(say('episode_start', {}, 1));
    const steps: unknown[] = [];
    for (let seq = 2; seq < 7; seq++) {
      const reply = mapOf(await client.ask(say('observation', infer(), seq)));
      expect([reply.get('type'), reply.get('seq')]).toEqual(['action', seq]);
      steps.push(reply.get('payload'));
    }
    expect(steps.map((step) => fieldOf(fieldOf(step, 'actions'), 'shape'))).toEqual(steps.map(() => [2]));
    expect(Buffer.concat(steps.slice(0, 4).map((step) => bytesOf(step)))).toEqual(plan);
    client.send(say('episode_end', {}, 7));
    client.send(say('episode_start', {}, 8)); // forgets the steps that are left
    for (const [seq, payload, type] of [
      [9, {}, 'error'],
      [10, infer(), 'action'],
    ] as const) {
      const reply = mapOf(await client.ask(say('observation', payload, seq)));
      expect([reply.get('type'), reply.get('seq')]).toEqual([type, seq]);
    }
    client.close();
  });

  it('describes the policy where nobody upgrades, and itself at /healthz', async () => {
    const policy = { observationKeys: ['state'], actionNames: ['x', 'y'], fps: 20 };
    const put = await fetch(`${stride.url}/v1/models/tiny/versions/1/policy`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(policy),
    });
    expect(put.status).toBe(200);
    const described = await fetch(`${stride.url}/v1/policies/tiny`);
    expect(await described.json()).toMatchObject({ model: { name: 'tiny', version: 1 }, interface: policy });
    const health = await fetch(`${stride.url}/healthz`);
    expect([health.status, await health.text()]).toEqual([200, 'OK\n']);
  });

  it('closes with 1012 when the service goes, which clients take for a reason to come back', async () => {
    const client = await connect();
    await client.next();
    await stride.api.stop();
    expect((await client.closed).code).toBe(1012);
    await stride.startApi();
  });
});
