import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForTrainingJob, type Schemas } from '#client';
import { TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestStride, type TestWorker } from '../stride.js';
import { until } from '../until.js';
import { trainingRequest, uploadTinyDataset } from '../e2e/tiny-model.js';

const STEPS = 400;
const LOG_POINTS = Array.from({ length: STEPS / 10 }, (_, i) => 10 * (i + 1));

describe.skipIf(!redisAvailable)('A paused training', () => {
  let stride: TestStride;
  let undisturbed: string | undefined;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    undisturbed = (await waitForTrainingJob(stride.client, await train('undisturbed'))).result?.sha256;
  });
  afterAll(() => stride.stop());

  const train = async (model: string) => {
    const body = trainingRequest({ model, hiddenSize: 64, steps: STEPS, checkpointEverySteps: STEPS });
    return found(await stride.client.POST('/v1/training-jobs', { body })).id;
  };
  const request = (id: string, what: 'pause' | 'resume' | 'cancel') =>
    stride.client.POST(`/v1/training-jobs/{id}/${what}`, { params: { path: { id } } });
  const pause = async (id: string) => found(await request(id, 'pause'));
  const resume = async (id: string) => found(await request(id, 'resume'));
  const read = async (id: string) =>
    found(await stride.client.GET('/v1/training-jobs/{id}', { params: { path: { id } } }));
  const events = async function* (id: string) {
    for await (const { type, data } of followEvents(stride.client, id)) yield { type, step: Object(data).step };
  };
  const untilEvent = async (id: string, wanted: string, step = 0) => {
    for await (const event of events(id)) if (event.type === wanted && (event.step ?? 0) >= step) return event;
    throw new Error(`${id} ended without ${wanted}`);
  };
  const untilPaused = (id: string) =>
    until('it is paused', async () => {
      const job = await read(id);
      return job.status === 'paused' ? job : undefined;
    });
  const expectUndisturbed = async (id: string) => {
    const { status, result } = await waitForTrainingJob(stride.client, id);
    expect({ status, sha256: result?.sha256 }).toEqual({ status: 'succeeded', sha256: undisturbed });
  };
  const onlyWorker = (): TestWorker => {
    const [worker, ...others] = stride.workers;
    if (worker === undefined || others.length > 0) throw new Error(`${stride.workers.length} workers run`);
    return worker;
  };
  const command = async (...args: string[]) => {
    const script = 'dist/apps/cli/src/main.js';
    const run = new TestProcess({ name: 'stride', script, args, env: { STRIDE_URL: stride.url } });
    await run.exited;
    return run.lines.join('\n');
  };

  it('outlives every process and goes on with another worker, with the bytes of an undisturbed one', async () => {
    const id = await train('paused');
    await untilEvent(id, 'metrics', 100);
    expect(await pause(id)).toMatchObject({ status: 'running', pausedAt: expect.any(String) });
    const { step } = await untilEvent(id, 'checkpoint');
    const paused = await untilPaused(id);
    expect(paused).toMatchObject({ queuePosition: null, progress: { completedSteps: step }, attempts: 1 });
    expect(await pause(id)).toEqual(paused);
    const query = { status: 'paused' } as const;
    const list = found(await stride.client.GET('/v1/training-jobs', { params: { query } }));
    expect(list.items).toEqual([paused]);
    expect(found(await stride.client.GET('/v1/stats')).queues.training).toMatchObject({ paused: 1, delayed: 0 });

    await stride.stopWorker(onlyWorker());
    await stride.api.kill();
    await stride.redis.kill();
    await stride.redis.restart();
    await Promise.all([stride.startApi(), stride.startWorker()]);
    expect(await read(id)).toEqual(paused);
    await waitForTrainingJob(stride.client, await train('other')); // the worker passes it by
    expect(await read(id)).toEqual(paused);

    expect(await command('jobs', 'resume', id)).toContain(`stride jobs watch ${id}`);
    await expectUndisturbed(id);
    expect(await read(id)).toMatchObject({ pausedAt: null, attempts: 2 });
    const heard: { type: string; step: number }[] = [];
    for await (const event of events(id)) heard.push(event);
    expect(heard.flatMap((event) => (event.type === 'metrics' ? [event.step] : []))).toEqual(LOG_POINTS);
    const file = join(stride.directory, 'run.csv');
    await command('jobs', 'metrics', id, '--out', file);
    const steps = readFileSync(file, 'utf8').trim().split('\r\n').slice(1).map(Number.parseFloat);
    expect(steps).toEqual(LOG_POINTS);
    const course = heard.map(({ type }) => type).filter((type) => type !== 'metrics');
    expect(course).toEqual([
      'queued',
      'started',
      'checkpoint',
      'paused',
      'resumed',
      'started',
      'checkpoint',
      'succeeded',
    ]);
  });

  it('whose worker died as soon as the pause was acknowledged is run by no other, and loses nothing', async () => {
    const id = await train('died');
    await untilEvent(id, 'metrics', 50);
    const worker = onlyWorker();
    await pause(id);
    await stride.killWorker(worker);
    await untilPaused(id);
    const next = await stride.startWorker();
    await waitForTrainingJob(stride.client, await train('beside'));
    expect(await read(id)).toMatchObject({ status: 'paused' });
    expect(stride.workers).toEqual([next]);
    await resume(id);
    await expectUndisturbed(id);
  });

  it('ends with a cancel at once, whether it had begun or not', async () => {
    const begun = await train('begun');
    await untilEvent(begun, 'metrics');
    const waits = await train('waits');
    expect(await pause(waits)).toMatchObject({ status: 'paused' });
    expect(await command('jobs', 'pause', begun)).toContain(`stride jobs resume ${begun}`);
    await untilPaused(begun);
    for (const id of [begun, waits]) {
      expect(found(await request(id, 'cancel'))).toMatchObject({ status: 'cancelled', pausedAt: null });
      expect(await waitForTrainingJob(stride.client, id)).toMatchObject({ error: { code: 'cancelled' } });
      for (const change of ['pause', 'resume'] as const)
        expect((await request(id, change)).error).toMatchObject({ code: 'job_finished', status: 409 });
    }
    const cleared = async () => found(await stride.client.GET('/v1/stats')).queues.training;
    await until('a worker has cleared both away', async () => {
      const { waiting, active, paused, delayed } = await cleared();
      return waiting + active + paused + delayed === 0 || undefined;
    });
  });

  it('that was paused while it ended has ended, or is paused and ends after a resume with the same bytes', async () => {
    const outcomes: Schemas['TrainingJob']['status'][] = [];
    for (const after of [STEPS - 20, STEPS - 10, STEPS]) {
      const id = await train(`ending-${after}`);
      await untilEvent(id, 'metrics', after);
      const { error } = await request(id, 'pause');
      const job = await until('it is paused or has ended', async () => {
        const { status } = await read(id);
        return status === 'running' ? undefined : status;
      });
      outcomes.push(job);
      if (error !== undefined) expect([job, error.code]).toEqual(['succeeded', 'job_finished']);
      if (job === 'paused') await resume(id);
      await expectUndisturbed(id);
    }
    expect(outcomes.filter((status) => status !== 'paused' && status !== 'succeeded')).toEqual([]);
  });
});
