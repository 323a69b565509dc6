import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found } from '#client';
import { isFinalEvent } from '#contract';
import { JobEvents } from '#queue';
import { publishTinyModel } from '../api/test-api.js';
import { CutLine } from '../cut-line.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';

describe.skipIf(!redisAvailable)('A worker that was cut off while another one did its job', () => {
  let stride: TestStride;
  let line: CutLine;
  let redis: Redis;

  beforeAll(async () => {
    stride = await TestStride.start({ numWorkers: 0 });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
    line = await CutLine.to(stride.redis.port);
    redis = new Redis(stride.redis.url);
  });
  afterAll(async () => {
    line?.close();
    redis?.disconnect();
    await stride?.kill();
  });

  it('publishes nothing of it when it is back: the job has one end, and nothing after it', async () => {
    const cutOff = await stride.startWorker({ REDIS_URL: `redis://127.0.0.1:${line.port}` });
    const body = { model: 'tiny', observations: [[1, 2, 3]], samplesPerObservation: 4_000, numInferenceSteps: 100 };
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const read = async () => (await new JobEvents(redis).read(id)).map(({ event }) => event);
    const untilPublished = (type: string) =>
      until(
        `${type} is published`,
        async () => (await read()).some((event) => event.type === type) || undefined,
        60_000,
      );
    await untilPublished('started');
    line.cut();

    await stride.startWorker();
    await untilPublished('succeeded');
    line.mend();
    await cutOff.process.untilLine((text) => (text.includes('a late finish was refused') ? true : undefined));
    await stride.stopWorker(cutOff);

    const events = await read();
    expect(events.filter(isFinalEvent)).toEqual([{ type: 'succeeded' }]);
    expect(events.at(-1)).toEqual({ type: 'succeeded' });
    expect(events.flatMap((event) => (event.type === 'started' ? [event.attempt] : []))).toEqual([1, 2]);
    await stride.stop();
  });
});
