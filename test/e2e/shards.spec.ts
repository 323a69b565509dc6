import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForSamplingJob, type Schemas } from '#client';
import { jobIdShard } from '#contract';
import { TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { someObservations, trainingRequest, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const SHARDS = 3;
const JOBS = 24;

describe.skipIf(!redisAvailable)('Shards over real processes', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_SHARDS: String(SHARDS), STRIDE_THREADS: '1' } });
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(() => stride?.stop());

  const request = { model: 'tiny', observations: someObservations(1), numInferenceSteps: 5, seed: 3 };
  const submit = async (body: Schemas['SamplingRequest'] = request, key?: string) => {
    const headers = key === undefined ? {} : { 'Idempotency-Key': key };
    return found(await stride.client.POST('/v1/sampling-jobs', { body, headers })).id;
  };
  const read = async (id: string) =>
    found(await stride.client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } } }));
  const shardsOf = (ids: readonly string[]) => new Set(ids.map(jobIdShard)).size;
  const submitMany = (count: number, name: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => submit(request, `${name}-${i}`)));

  it('jobs run in every shard, each with the bytes that it has in any', async () => {
    const ids = await submitMany(JOBS, 'run');
    expect(shardsOf(ids)).toBe(SHARDS);
    const ended = await Promise.all(ids.map((id) => waitForSamplingJob(stride.client, id)));
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(new Set(ended.map(({ result }) => result?.sha256)).size).toBe(1);
    for (const [i, id] of ids.entries()) expect(await submit(request, `run-${i}`)).toBe(id);
  });

  it('a list is one list, newest first, however it is cut into pages', async () => {
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const page = found(await stride.client.GET('/v1/sampling-jobs', { params: { query: { limit: 5, after } } }));
      listed.push(...page.items.map(({ id }) => id));
      after = page.nextCursor ?? undefined;
    } while (after !== undefined);
    expect(listed.length).toBeGreaterThanOrEqual(JOBS);
    expect(shardsOf(listed)).toBe(SHARDS);
    expect(listed).toEqual([...new Set(listed)].sort().reverse());
    const { queues } = found(await stride.client.GET('/v1/stats'));
    expect(queues.sampling.succeeded).toBe(listed.length);
  });

  it('jobs of every shard are followed to their ends and answered with them', async () => {
    const answers = await Promise.all(
      Array.from({ length: JOBS }, (_, i) =>
        stride.client.POST('/v1/sampling-jobs', {
          body: request,
          headers: { Prefer: 'wait=30', 'Idempotency-Key': `wait-${i}` },
        }),
      ),
    );
    expect(answers.map(({ response }) => response.status)).toEqual(answers.map(() => 200));
    const ids = answers.map((answer) => found(answer).id);
    expect(shardsOf(ids)).toBe(SHARDS);
    for (const id of ids) {
      const types: string[] = [];
      for await (const { type } of followEvents(stride.client, id)) types.push(type);
      expect([types[0], types.at(-1)]).toEqual(['queued', 'succeeded']);
    }
  });

  it('trainings run in every shard, one at a time', async () => {
    const ids: string[] = [];
    for (const key of ['a', 'b', 'g']) {
      const headers = { 'Idempotency-Key': key };
      const body = trainingRequest({ model: `model-${key}`, steps: 10 });
      ids.push(found(await stride.client.POST('/v1/training-jobs', { body, headers })).id);
    }
    expect(shardsOf(ids)).toBe(SHARDS);
    const times: { from: string; to: string }[] = [];
    for (const id of ids) {
      for await (const event of followEvents(stride.client, id)) void event;
      const job = found(await stride.client.GET('/v1/training-jobs/{id}', { params: { path: { id } } }));
      expect(job.status).toBe('succeeded');
      times.push({ from: job.startedAt ?? '', to: job.finishedAt ?? '' });
    }
    times.sort((left, right) => left.from.localeCompare(right.from));
    for (const [i, { from }] of times.slice(1).entries()) expect(from >= (times[i]?.to ?? '')).toBe(true);
  });

  describe('while no worker is there', () => {
    beforeAll(async () => {
      for (const worker of stride.workers) await stride.stopWorker(worker);
    });

    it('a queued job of any shard is cancelled at once', async () => {
      const ids = await submitMany(JOBS / 2, 'cancel');
      expect(shardsOf(ids)).toBe(SHARDS);
      for (const id of ids) {
        await stride.client.POST('/v1/sampling-jobs/{id}/cancel', { params: { path: { id } } });
        expect((await read(id)).status).toBe('cancelled');
      }
    });

    it('a newer job takes the place of the one before, whatever shards they are in', async () => {
      const ids: string[] = [];
      for (let i = 0; i < JOBS / 2; i++) ids.push(await submit({ ...request, supersedeKey: 'robot' }));
      expect(shardsOf(ids)).toBeGreaterThan(1);
      const states = await Promise.all(ids.map(async (id) => (await read(id)).error?.code ?? 'queued'));
      expect(states).toEqual([...ids.slice(1).map(() => 'superseded'), 'queued']);
    });
  });

  describe('when their number changes', () => {
    let ids: string[];

    beforeAll(async () => {
      ids = await submitMany(JOBS, 'change');
      await stride.api.stop();
    });

    it('fewer are refused with 78 while a shard that would go has jobs, by API and worker', async () => {
      const refuse = async (name: 'api' | 'worker') => {
        const process = new TestProcess({
          name,
          script: `dist/apps/${name}/src/main.js`,
          env: {
            REDIS_URL: stride.redis.url,
            STRIDE_ARTIFACTS: join(stride.directory, 'artifacts'),
            STRIDE_SHARDS: '1',
            STRIDE_PORT: '0',
            STRIDE_METRICS_PORT: '0',
          },
        });
        expect(await process.exited).toMatchObject({ code: 78 });
        expect(process.lines.join()).toContain(`STRIDE_SHARDS=${SHARDS}`);
      };
      await Promise.all([refuse('api'), refuse('worker')]);
    });

    it('with more the jobs of before stay what they are, also to repeats of their requests', async () => {
      await stride.startApi({ STRIDE_SHARDS: String(SHARDS + 2) });
      for (const [i, id] of ids.entries()) {
        expect((await read(id)).status).toBe('queued');
        expect(await submit(request, `change-${i}`)).toBe(id);
      }
      const more = await submitMany(JOBS, 'more');
      expect(Math.max(...more.map(jobIdShard))).toBeGreaterThanOrEqual(SHARDS);
      await stride.startWorker({ STRIDE_SHARDS: String(SHARDS + 2) });
      for (const id of [...ids, ...more])
        expect((await waitForSamplingJob(stride.client, id)).status).toBe('succeeded');
    });
  });
});
