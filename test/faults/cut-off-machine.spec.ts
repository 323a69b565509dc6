import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type StrideClient } from '#client';
import { isFinalEvent, KINDS } from '#contract';
import { JobEvents } from '#queue';
import { someObservations, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';
import { Fleet } from '../hosts/fleet.js';
import { noHostsBecause } from '../hosts/virtual-hosts.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';

const NUM_JOBS = 40;
const CUT_MS = 60_000;
const LIMIT_MS = 10 * 60_000;

describe.skipIf(!redisAvailable || noHostsBecause !== undefined)('A machine that is cut off for 60 s', () => {
  let fleet: Fleet;
  let client: StrideClient;

  beforeAll(async () => {
    fleet = await Fleet.start();
    ({ client } = await fleet.startApi('api-1'));
    await Promise.all([fleet.startWorker('worker-1', 'training'), fleet.startWorker('worker-2', 'sampling')]);
    await uploadTinyDataset(client);
    await trainTinyModel(client, { model: 'tiny' });
    await fleet.startWorker('worker-1', 'sampling');
  });
  afterAll(() => fleet?.stop());

  it(
    'costs no job, and no job has a second result',
    async () => {
      expect(CUT_MS).toBeGreaterThanOrEqual(2 * KINDS.sampling.lockMs);
      const body = { model: 'tiny', observations: someObservations(16), samplesPerObservation: 100, seed: 1 };
      const submit = async () => found(await client.POST('/v1/sampling-jobs', { body })).id;
      const ids = await Promise.all(Array.from({ length: NUM_JOBS }, submit));
      const eventsOf = async (id: string) => (await new JobEvents(fleet.redis).read(id)).map(({ event }) => event);
      await until(
        'one runs',
        async () => (await eventsOf(ids[0] ?? '')).some(({ type }) => type === 'started') || undefined,
      );
      const jobs = Promise.all(ids.map((id) => waitForSamplingJob(client, id)));
      fleet.hosts.cut('worker-2');
      await sleep(CUT_MS); // the fault itself
      fleet.hosts.heal('worker-2');
      const ended = await jobs;
      expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
      expect(new Set(ended.map(({ result }) => result?.sha256)).size).toBe(1);
      expect(ended.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(0);
      await until(
        'both workers are heard of',
        async () => {
          const { items } = found(await client.GET('/v1/workers'));
          return items.filter(({ queues }) => queues.includes('sampling')).length === 2 || undefined;
        },
        120_000,
      );
      const after = await Promise.all(ids.map((id) => waitForSamplingJob(client, id)));
      expect(after.map(({ result, finishedAt }) => [result?.sha256, finishedAt])).toEqual(
        ended.map(({ result, finishedAt }) => [result?.sha256, finishedAt]),
      );
      for (const id of ids) {
        const finals = (await eventsOf(id)).filter(isFinalEvent);
        expect(finals.length).toBeLessThanOrEqual(1); // events of sampling jobs are kept for minutes
      }
    },
    LIMIT_MS,
  );
});
