import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keys } from '#queue';
import { SamplingJob, SamplingJobData } from '#contract';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { playedResult, playWorker, TestApi, publishEnd } from './test-api.js';

const JOBS = '/v1/sampling-jobs';
const body = { model: 'tiny', observations: [[1, 2, 3]] };

describe.skipIf(!redisAvailable)('A request that waits', () => {
  let api: TestApi;
  let redis: Redis;
  let release: () => void = () => undefined;

  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await api.stop();
  });

  /**
   * Runs a request beside a worker whose jobs end when `release` is called, and publishes those ends with
   * `publish`.
   */
  async function withWorker<Result>(publish: typeof publishEnd, work: () => Promise<Result>): Promise<Result> {
    const gate = new Promise<void>((resolve) => (release = resolve));
    const process = async (data: SamplingJobData) => {
      await gate;
      return playedResult(data);
    };
    const worker = await playWorker(api.redis.url, (job) => process(SamplingJobData.parse(job.data)), publish);
    try {
      return await work();
    } finally {
      await worker.close();
    }
  }

  /** Publishes a success that is not quite what the record says. */
  const publishOtherwise: typeof publishEnd = (_ends, { id, processedOn, finishedOn }, result) => {
    const outcome = { startedAt: processedOn, finishedAt: finishedOn, attempts: 1 };
    const text = JSON.stringify({ ...outcome, returnValue: { ...result, worker: 'as it was published' } });
    return redis.publish(new Keys().endChannel('sampling'), `${id}${text}`);
  };

  const submit = async () => {
    const response = await api.post(JOBS, body, { prefer: 'wait=30' });
    expect(response.status).toBe(200);
    return SamplingJob.parse(await response.json());
  };
  const read = async (id: string) => SamplingJob.parse(await (await api.fetch(`${JOBS}/${id}`)).json());
  const withoutNumbers = ({ result, ...job }: SamplingJob) => ({ ...job, result: result && { ...result, data: null } });

  it('gets what the job shows from then on', async () => {
    const job = await withWorker(publishEnd, () => {
      release();
      return submit();
    });
    expect(job).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(withoutNumbers(job)).toEqual(withoutNumbers(await read(job.id)));
  });

  it('gets what the worker publishes, without another look', async () => {
    const job = await withWorker(publishOtherwise, () => {
      release();
      return submit();
    });
    expect(job.worker).toBe('as it was published');
    expect((await read(job.id)).worker).toBe('test');
  });

  it.each<[string, typeof publishEnd]>([
    ['is never sent', () => Promise.resolve()],
    ['is of another release', (_ends, { id }) => redis.publish(new Keys().endChannel('sampling'), `${id}{"then":1}`)],
  ])('ends even if the message %s', async (_what, publish) => {
    const job = await withWorker(publish, () => {
      release();
      return submit();
    });
    expect(job.status).toBe('succeeded');
    expect(withoutNumbers(job)).toEqual(withoutNumbers(await read(job.id)));
  });

  it('of a job that finished in spite of its cancel gets the cancelled job and no numbers', async () => {
    const [job, events] = await withWorker(publishEnd, async () => {
      const held = submit();
      const { id } = await until('the job runs', async () => {
        const response = await api.fetch(`${JOBS}?status=running`);
        const { items } = (await response.json()) as { items: SamplingJob[] };
        return items[0];
      });
      expect((await api.fetch(`${JOBS}/${id}/cancel`, { method: 'POST' })).status).toBe(202);
      release();
      const ended = await held;
      return [ended, await (await api.fetch(`${JOBS}/${id}/events`)).text()] as const;
    });
    expect(job).toMatchObject({ status: 'cancelled', result: null, error: { code: 'cancelled' } });
    expect([...events.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type)).toEqual(['queued', 'cancelled']);
  });

  it('hears of ends again after the subscription was lost', async () => {
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until('the API listens again', async () => {
      const [, number] = await redis.pubsub('NUMSUB', new Keys().endChannel('sampling'));
      return Number(number) === 1 || undefined;
    });
    const job = await withWorker(publishOtherwise, () => {
      release();
      return submit();
    });
    expect(job.worker).toBe('as it was published');
  });
});
