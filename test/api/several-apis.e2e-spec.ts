import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobEvent, PolicySessionList, SamplingJob, SamplingJobData } from '#contract';
import { eventLine, type TestProcess } from '../processes.js';
import { ndarray, PolicyClient } from '../policies/policy-client.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { playedResult, playWorker, TestApi } from './test-api.js';

const JOBS = '/v1/sampling-jobs';
const body = { model: 'tiny', observations: [[1, 2, 3]] };

describe.skipIf(!redisAvailable)('Of several processes of the API', () => {
  let api: TestApi;
  let second: TestProcess;
  let other = '';
  let worker: Awaited<ReturnType<typeof playWorker>>;
  let gate = Promise.resolve();
  let release: () => void = () => undefined;

  beforeAll(async () => {
    api = await TestApi.start();
    second = api.again();
    other = String((await second.untilLine((line) => eventLine(line, 'ready'))).url);
    worker = await playWorker(api.redis.url, async ({ data }) => {
      await gate;
      return playedResult(SamplingJobData.parse(data));
    });
  });
  afterAll(async () => {
    await worker?.close();
    await second?.stop();
    await api.stop();
  });

  const post = (url: string, key: string, wait: string) =>
    fetch(`${url}${JOBS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key, prefer: wait },
      body: JSON.stringify(body),
    });
  /** Jobs end from now on only once `release` is called. */
  const hold = () => {
    gate = new Promise((resolve) => (release = resolve));
  };
  const jobIn = async (response: Response) => SamplingJob.parse(await response.json());

  it('each answers a repeat of what another one accepted, and waits for it', async () => {
    hold();
    const accepted = await jobIn(await post(api.url, 'one', 'wait=0.05'));
    expect(accepted.finishedAt).toBeNull();
    const waiting = post(other, 'one', 'wait=30');
    release();
    const answer = await waiting;
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(await jobIn(answer)).toMatchObject({ id: accepted.id, status: 'succeeded' });
  });

  it('each sends the events of what another one accepted', async () => {
    hold();
    const { id } = await jobIn(await post(api.url, 'two', 'wait=0.05'));
    const stream = await fetch(`${other}${JOBS}/${id}/events`);
    release();
    const data = [...(await stream.text()).matchAll(/^data: (.*)$/gm)].map(([, text = '']) => text);
    const types = data.map((text) => JobEvent.parse(JSON.parse(text)).type);
    expect([types[0], types.at(-1)]).toEqual(['queued', 'succeeded']);
  });

  it('one takes a key in the same moment as another, and both have one job', async () => {
    hold();
    const answers = [api.url, other, api.url, other].map((url) => post(url, 'three', 'wait=0.05'));
    const ids = (await Promise.all(answers)).map(async (answer) => (await jobIn(answer)).id);
    expect(new Set(await Promise.all(ids)).size).toBe(1);
    release();
  });

  it('each shows the sessions of robots that any of them holds, with what they have come to', async () => {
    const clients = await Promise.all(
      [api.url, other].map((url) => PolicyClient.connect(`${url}/v1/policies/tiny?fps=20`)),
    );
    for (const client of clients) {
      await client.next();
      await client.ask({ state: ndarray([1, 2, 3]) });
      await client.ask({ state: ndarray([1, 2, 3]), stride: { executed_steps: 1, delay_steps: 1 } });
    }
    const list = async (url: string) =>
      PolicySessionList.parse(await (await fetch(`${url}/v1/policy-sessions`)).json()).items;
    for (const url of [api.url, other]) {
      const sessions = await until('both are shown', async () => {
        const items = await list(url);
        return items.length === 2 && items.every(({ planned }) => planned === 2) ? items : undefined;
      });
      expect(new Set(sessions.map((session) => session.api)).size).toBe(2);
      for (const session of sessions)
        expect(session).toMatchObject({
          model: 'tiny@1',
          fps: 20,
          observations: 2,
          delaySteps: 1,
          refused: 0,
          seamJump: { count: 1 },
        });
    }
    for (const client of clients) client.close();
    for (const url of [api.url, other])
      await until('none is shown', async () => ((await list(url)).length === 0 ? true : undefined));
  });
});
