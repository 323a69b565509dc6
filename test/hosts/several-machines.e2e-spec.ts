import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type StrideClient } from '#client';
import { isFinalEvent } from '#contract';
import { JobEvents } from '#queue';
import { someObservations, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';
import type { TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { Fleet } from './fleet.js';
import { noHostsBecause } from './virtual-hosts.js';

describe.skipIf(!redisAvailable || noHostsBecause !== undefined)('Stride on several machines', () => {
  let fleet: Fleet;
  let api: TestProcess;
  let client: StrideClient;

  beforeAll(async () => {
    fleet = await Fleet.start();
    ({ process: api, client } = await fleet.startApi('api-1'));
    await Promise.all([fleet.startWorker('worker-1', 'training'), fleet.startWorker('worker-2', 'sampling')]);
    await uploadTinyDataset(client);
  });
  afterAll(() => fleet?.stop());

  const submit = async (body: object = {}): Promise<string> => {
    const request = { model: 'tiny', observations: someObservations(2), numInferenceSteps: 10, seed: 1, ...body };
    return found(await client.POST('/v1/sampling-jobs', { body: request })).id;
  };
  const eventsOf = async (id: string) => (await new JobEvents(fleet.redis).read(id)).map(({ event }) => event);

  it('trains on one of them, samples on another, and gives the result out on a third', async () => {
    const trained = await trainTinyModel(client, { model: 'tiny' });
    const job = await waitForSamplingJob(client, await submit());
    expect(job).toMatchObject({ status: 'succeeded' });
    expect(job.worker).not.toBe(trained.worker);
    const response = await fetch(`${client.baseUrl}/v1/sampling-jobs/${job.id}/result`, {
      headers: { ...client.headers, accept: 'application/json' },
    });
    const actions = (await response.json()) as number[][][];
    const bytes = new Uint8Array(Float32Array.from(actions.flat(2)).buffer);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.result?.sha256);
  });

  it('answers nobody without a key', async () => {
    expect((await fetch(`${client.baseUrl}/v1/models`)).status).toBe(401);
  });

  it('loses nothing to a machine that is cut off, and shows one result of each job', async () => {
    const slow = { observations: someObservations(16), samplesPerObservation: 100, numInferenceSteps: 100 };
    const ids = await Promise.all(Array.from({ length: 6 }, () => submit(slow)));
    const isRunning = async () =>
      (await Promise.all(ids.map(eventsOf))).flat().some(({ type }) => type === 'started') || undefined;
    await until('one of them runs', isRunning);
    fleet.hosts.cut('worker-2');
    await fleet.startWorker('worker-1', 'sampling');
    const jobs = await Promise.all(ids.map((id) => waitForSamplingJob(client, id)));
    fleet.hosts.heal('worker-2');
    expect(jobs.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
    expect(Math.max(...jobs.map(({ attempts }) => attempts))).toBeGreaterThan(1);
    expect(new Set(jobs.map(({ result }) => result?.sha256)).size).toBe(1);
    await until('both workers are heard of', async () => {
      const { items } = found(await client.GET('/v1/workers'));
      return items.filter(({ queues }) => queues.includes('sampling')).length === 2 || undefined;
    });
    for (const id of ids) expect((await eventsOf(id)).filter(isFinalEvent)).toEqual([{ type: 'succeeded' }]);
  });

  it('goes on with the same jobs when its API moves to another machine', async () => {
    const headers = { 'Idempotency-Key': 'before-the-move' };
    const body = { model: 'tiny', observations: someObservations(16), samplesPerObservation: 50, seed: 2 };
    const { id } = found(await client.POST('/v1/sampling-jobs', { body, headers }));
    await api.kill();
    ({ process: api, client } = await fleet.startApi('api-2'));
    expect(found(await client.POST('/v1/sampling-jobs', { body, headers })).id).toBe(id);
    expect(await waitForSamplingJob(client, id)).toMatchObject({ id, status: 'succeeded' });
  });
});
