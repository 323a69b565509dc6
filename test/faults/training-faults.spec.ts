import { once } from 'node:events';
import { readFileSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents, found, waitForTrainingJob } from '#client';
import { JobLedger, STRIDE_PREFIX } from '#queue';
import { redisAvailable } from '../redis.js';
import { TestStride, type TestWorker } from '../stride.js';
import { trainingRequest, uploadTinyDataset } from '../e2e/tiny-model.js';

const STEPS = 600;
const CHECKPOINT_EVERY = 50;
const KILLS = 6;
const LIMIT_MS = 5 * 60_000;

/** How the file of a checkpoint is damaged. */
const DAMAGES = {
  'with one other bit': (path: string): void => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  },
  'one byte short': (path: string): void => truncateSync(path, readFileSync(path).length - 1),
  empty: (path: string): void => truncateSync(path, 0),
};

describe.skipIf(!redisAvailable)('A training whose worker is lost', () => {
  let stride: TestStride;
  let redis: Redis;
  let undisturbed: string | undefined;

  beforeAll(async () => {
    stride = await TestStride.start();
    redis = new Redis(stride.redis.url);
    await uploadTinyDataset(stride.client);
    undisturbed = (await waitForTrainingJob(stride.client, await train('undisturbed'))).result?.sha256;
  }, LIMIT_MS);
  afterAll(async () => {
    redis?.disconnect();
    await stride?.stop();
  });

  const train = async (model: string, checkpointEverySteps = CHECKPOINT_EVERY) => {
    const body = trainingRequest({ model, hiddenSize: 128, steps: STEPS, checkpointEverySteps });
    return found(await stride.client.POST('/v1/training-jobs', { body })).id;
  };
  const onlyWorker = (): TestWorker => {
    const [worker, ...others] = stride.workers;
    if (worker === undefined || others.length > 0) throw new Error(`${stride.workers.length} workers run`);
    return worker;
  };
  const untilCheckpoints = async (id: string, count: number): Promise<void> => {
    let seen = 0;
    for await (const { type } of followEvents(stride.client, id)) if (type === 'checkpoint' && ++seen === count) return;
    throw new Error(`${id} ended before`);
  };
  const checkpointSteps = async (id: string) => (await new JobLedger(redis).checkpoints(id)).map(({ step }) => step);
  const metricOf = async ({ metrics }: TestWorker, name: string) => {
    const lines = (await (await fetch(metrics)).text()).split('\n').filter((line) => line.startsWith(`${name}{`));
    if (lines.length === 0) throw new Error(`no ${name} at ${metrics}`);
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  const expectUndisturbed = async (id: string) => {
    const { status, result } = await waitForTrainingJob(stride.client, id);
    expect({ status, sha256: result?.sha256 }).toEqual({ status: 'succeeded', sha256: undisturbed });
  };

  it(
    'by SIGTERM goes on from the step where it stood: no update is done twice, and it has not stalled',
    async () => {
      const id = await train('ended', STEPS);
      let published = 0;
      for await (const { type, data } of followEvents(stride.client, id)) {
        if (type === 'metrics') published = Number(Reflect.get(Object(data), 'step'));
        if (published >= 100) break;
      }
      await stride.stopWorker(onlyWorker());
      const [handedOver = 0, ...others] = await checkpointSteps(id);
      expect(others).toEqual([]);
      expect(handedOver).toBeGreaterThanOrEqual(published);
      expect(await redis.hget(`${STRIDE_PREFIX}:training:${id}`, 'stc')).toBeNull();
      const next = await stride.startWorker();
      await expectUndisturbed(id);
      expect(await metricOf(next, 'stride_training_steps_total')).toBe(STEPS - handedOver);
    },
    LIMIT_MS,
  );

  it(
    `by kill -9 while it writes a checkpoint, ${KILLS} times, ends with the weights of an undisturbed run`,
    async () => {
      const id = await train('killed');
      let lost = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        await untilCheckpoints(id, kill + 1); // else each run begins anew, and goes on from nothing
        const before = (await checkpointSteps(id))[0] ?? 0;
        expect(before).toBeGreaterThan(0);
        const writing = watch(join(stride.directory, 'artifacts', 'tmp'));
        await once(writing, 'change');
        await stride.killWorker(onlyWorker());
        writing.close();
        const after = (await checkpointSteps(id))[0] ?? 0;
        if (after === before) lost++;
        expect(after - before).toBeLessThanOrEqual(2 * CHECKPOINT_EVERY);
        await stride.startWorker();
      }
      process.stderr.write(`${lost} of ${KILLS} checkpoints were lost with their writer\n`);
      await expectUndisturbed(id);
    },
    LIMIT_MS,
  );

  it.each(Object.entries(DAMAGES))(
    'and whose newest checkpoint is %s goes on from the one before, and says so',
    async (how, damage) => {
      const id = await train(`damaged-${how.length}`);
      await untilCheckpoints(id, 3);
      await stride.killWorker(onlyWorker());
      const [newest, previous] = await new JobLedger(redis).checkpoints(id);
      const sha256 = newest?.sha256 ?? '';
      damage(join(stride.directory, 'artifacts', sha256.slice(0, 2), sha256));
      const next = await stride.startWorker();
      await expectUndisturbed(id);
      expect(await metricOf(next, 'stride_checkpoint_fallback_total')).toBe(1);
      expect(await metricOf(next, 'stride_training_steps_total')).toBe(STEPS - (previous?.step ?? 0));
    },
    LIMIT_MS,
  );
});
