import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cancelError, newJobId } from '#contract';
import { JobCancellation, JobEnds, JobEvents, JobLedger, Keys, type JobOutcome } from '#queue';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';
import { until } from '../until.js';

const outcome = { startedAt: 1, attempts: 1, returnValue: { text: 'é', numbers: [1, 2] } };
const finishedAt: unknown = expect.any(Number);

describe.skipIf(!redisAvailable)('The end of a job', () => {
  const keys = new Keys();
  let server: TestRedis;
  let redis: Redis;
  let subscriber: Redis;
  let ends: JobEnds;
  let jobId = '';
  const endsHeard = new Map<string, JobOutcome | undefined>();

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    subscriber = new Redis(server.url);
    ends = new JobEnds(redis, subscriber);
    await ends.subscribe('sampling', {
      onEnd: (id, read) => endsHeard.set(id, read()),
      onSubscribed: () => undefined,
    });
  });
  beforeEach(async () => {
    jobId = newJobId('sampling');
    await record(jobId);
  });
  afterAll(async () => {
    redis?.disconnect();
    subscriber?.disconnect();
    await server?.stop();
  });

  /** What BullMQ has on record of a job that succeeded, or that failed for the last time. */
  const record = (id: string, end: object = { returnvalue: JSON.stringify(outcome.returnValue) }) =>
    redis.hset(keys.job('sampling', id), {
      timestamp: '0',
      processedOn: `${outcome.startedAt}`,
      finishedOn: '2',
      ats: `${outcome.attempts}`,
      ...end,
    });
  const attempt = (id = jobId, attemptsStarted = 1) => ({ kind: 'sampling', jobId: id, attemptsStarted }) as const;
  const untilPublished = (id = jobId) =>
    until('the end is published', () => Promise.resolve(endsHeard.has(id) || undefined));
  const events = async () => (await new JobEvents(redis).read(jobId)).map(({ event }) => event);

  it('is published with its outcome, and is the last event of the stream, which expires', async () => {
    expect(await ends.publish(attempt(jobId), { type: 'succeeded' })).toBe('published');
    await untilPublished();
    expect(endsHeard.get(jobId)).toEqual({ ...outcome, finishedAt });
    expect(await events()).toEqual([{ type: 'succeeded' }]);
    expect(await redis.ttl(keys.events(jobId))).toBeGreaterThan(0);
  });

  it('has the time of the clock of Redis, whatever that of the worker said', async () => {
    const [seconds] = await redis.time();
    await ends.publish(attempt(), { type: 'succeeded' });
    await untilPublished();
    const finishedOn = Number(await redis.hget(keys.job('sampling', jobId), 'finishedOn'));
    expect(finishedOn).toBeGreaterThanOrEqual(Number(seconds) * 1000);
    expect(endsHeard.get(jobId)?.finishedAt).toBe(finishedOn);
  });

  it("leaves what remains of the job's data, once it is on record", async () => {
    const job = keys.job('sampling', jobId);
    await redis.hset(job, { data: 'whole' });
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    expect(await redis.hget(job, 'data')).toBe('whole');
    await ends.publish(attempt(jobId), { type: 'succeeded' }, { remains: 'remains' });
    expect(await redis.hget(job, 'data')).toBe('remains');
    const unknown = newJobId('sampling');
    expect(await ends.publish(attempt(unknown), { type: 'succeeded' }, { remains: 'remains' })).toBe('unrecorded');
    expect(await redis.exists(keys.job('sampling', unknown))).toBe(0);
  });

  it('leaves how the attempt went in its record, once, and nothing where nobody knows', async () => {
    const trace = () => redis.hget(keys.job('sampling', jobId), 'trace');
    await ends.publish(attempt(jobId), { type: 'succeeded' }, { trace: 'how it went' });
    await ends.publish(attempt(jobId), { type: 'succeeded' }, { trace: 'anything else' });
    expect(await trace()).toBe('how it went');
    await redis.hdel(keys.job('sampling', jobId), 'trace', 'ended');
    await redis.del(keys.events(jobId));
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    expect(await trace()).toBeNull();
  });

  it.each([
    ['still runs', ['finishedOn', 'returnvalue']],
    ['did not succeed', ['returnvalue']],
  ])('is not published as long as the record says that the job %s', async (_what, missing) => {
    await redis.hdel(keys.job('sampling', jobId), ...missing);
    expect(await ends.publish(attempt(jobId), { type: 'succeeded' })).toBe('unrecorded');
    expect(await events()).toEqual([]);
  });

  it('wakes those who follow the job', async () => {
    const follower = new Redis(server.url);
    await follower.subscribe(keys.events(jobId));
    const woken = new Promise((resolve) => follower.once('message', resolve));
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    expect(await woken).toBe(keys.events(jobId));
    follower.disconnect();
  });

  it('is published without an outcome when the job failed', async () => {
    const error = { code: 'backend_error', message: 'no device' } as const;
    await record(jobId, { failedReason: JSON.stringify(error) });
    await ends.publish(attempt(jobId), { type: 'failed', error });
    await untilPublished();
    expect(endsHeard.get(jobId)).toBeUndefined();
    expect(await events()).toEqual([{ type: 'failed', error }]);
  });

  it('leaves no start behind, nor a key without a time to live', async () => {
    const ledger = new JobLedger(redis);
    await ledger.started(attempt(), { type: 'started', attempt: 1, worker: 'w', warnings: [] });
    await ledger.began(attempt());
    await ledger.startedAlone(attempt());
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    expect(await redis.exists(keys.ledger(jobId))).toBe(0);
  });

  it('of a job whose cancel was accepted is that cancel, and what came out is not published', async () => {
    await redis.hdel(keys.job('sampling', jobId), 'finishedOn');
    const cancel = await new JobCancellation(redis).request('sampling', jobId, 'superseded');
    await record(jobId);
    expect(await ends.publish(attempt(jobId), { type: 'succeeded' })).toEqual(cancel);
    await untilPublished();
    expect(endsHeard.get(jobId)).toBeUndefined();
    expect(await events()).toEqual([{ type: 'cancelled', error: cancelError('superseded') }]);
  });

  it.each([
    ['by the attempt that has published it, whose command was sent again', 1],
    ['by an attempt that was cut off while another one did the job', 2],
  ])('is not published again %s', async (_what, newest) => {
    await record(jobId, { returnvalue: '1', ats: newest });
    await ends.publish(attempt(jobId, newest), { type: 'succeeded' });
    await untilPublished();
    endsHeard.delete(jobId);
    const answer = await ends.publish(attempt(), { type: 'succeeded' });
    expect(answer).toBe(newest === 1 ? 'published' : 'unrecorded');
    await ends.publish(attempt(jobId, newest), { type: 'failed', error: { code: 'internal_error', message: '' } });
    expect(await events()).toEqual([{ type: 'succeeded' }]);
    const next = newJobId('sampling');
    await record(next);
    await ends.publish(attempt(next), { type: 'succeeded' });
    await untilPublished(next);
    expect(endsHeard.has(jobId)).toBe(false);
  });

  describe('that was cancelled while it ran nowhere', () => {
    const error = cancelError('cancelled');
    const cancel = async () => {
      await redis.hdel(keys.job('sampling', jobId), 'finishedOn', 'ats');
      return new JobCancellation(redis).request('sampling', jobId);
    };

    it('is published once, by whoever comes first: those who cancel it, or the worker that meets it later', async () => {
      const cancelled = await cancel();
      await Promise.all([1, 2, 3].map(() => ends.publishCancelled('sampling', jobId, 'cancelled')));
      await untilPublished();
      await redis.del(keys.events(jobId)); // as after its time to live
      await record(jobId, { failedReason: JSON.stringify(error) });
      expect(await ends.publish(attempt(), { type: 'cancelled', error })).toEqual(cancelled);
      await ends.publishCancelled('sampling', jobId, 'cancelled');
      expect(await events()).toEqual([]);
    });

    it('is not published for a job that nobody has cancelled, nor for one that is no longer kept', async () => {
      await ends.publishCancelled('sampling', jobId, 'cancelled');
      await cancel();
      await redis.del(keys.job('sampling', jobId));
      await ends.publishCancelled('sampling', jobId, 'cancelled');
      expect(await events()).toEqual([]);
      expect(await redis.exists(keys.job('sampling', jobId))).toBe(0);
    });
  });

  it('is published to those who listen for jobs of its kind alone', async () => {
    const training = newJobId('training');
    await redis.hset(keys.job('training', training), { returnvalue: '{}', processedOn: 1, finishedOn: 2, ats: 1 });
    expect(await ends.publish({ kind: 'training', jobId: training, attemptsStarted: 1 }, { type: 'succeeded' })).toBe(
      'published',
    );
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    await untilPublished();
    expect(endsHeard.has(training)).toBe(false);
  });

  it.each([
    ['is of another release', '{"startedAt":"yesterday"}'],
    ['says more than this release knows', JSON.stringify({ ...outcome, finishedAt: 2, mood: 'good' })],
    ['is no object', '[1]'],
    ['is cut off', JSON.stringify({ ...outcome, finishedAt: 2 }).slice(0, -3)],
    ['is no JSON', 'done'],
  ])('has no outcome when what is published %s, and later ends are published as ever', async (_what, text) => {
    await redis.publish(keys.endChannel('sampling'), `${jobId}${text}`);
    const next = newJobId('sampling');
    await record(next);
    await ends.publish(attempt(next), { type: 'succeeded' });
    await untilPublished(next);
    expect(endsHeard.has(jobId)).toBe(true);
    expect(endsHeard.get(jobId)).toBeUndefined();
    expect(endsHeard.get(next)).toEqual({ ...outcome, finishedAt });
  });

  it('is of no job when the message is shorter than an id', async () => {
    await redis.publish(keys.endChannel('sampling'), 'sjob');
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    await untilPublished();
    expect([...endsHeard.keys()].filter((id) => id.length < jobId.length)).toEqual([]);
  });

  it('is published again after each loss of the connection, from the moment at which the listener learns that it may have missed some', async () => {
    const again = new Redis(server.url);
    const heard = new Set<string>();
    const publishedAtOnce: string[] = [];
    await new JobEnds(redis, again).subscribe('sampling', {
      onEnd: (id) => heard.add(id),
      onSubscribed: () => {
        const id = newJobId('sampling');
        void record(id)
          .then(() => ends.publish(attempt(id), { type: 'succeeded' }))
          .then(() => publishedAtOnce.push(id));
      },
    });
    for (const times of [1, 2, 3]) {
      await until('it was published', () => Promise.resolve(publishedAtOnce.length === times || undefined));
      await again.ping(); // answered after what was published before
      expect(publishedAtOnce.filter((id) => !heard.has(id))).toEqual([]);
      again.stream.destroy();
    }
    again.disconnect();
  });

  it('is published again although the connection was lost once more while it subscribed', async () => {
    const again = new Redis(server.url);
    const seen: string[] = [];
    let numReady = 0;
    const listening = new Promise<void>((resolve) => {
      void new JobEnds(redis, again).subscribe('sampling', {
        onEnd: (id) => seen.push(id),
        onSubscribed: () => (numReady += 1) === 2 && resolve(),
      });
    });
    await until('it listens', () => Promise.resolve(numReady === 1 || undefined));
    // Listeners run in their order: the connection ends before the answer to SUBSCRIBE can come.
    again.once('ready', () => again.stream.destroy());
    again.stream.destroy();
    await listening;
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    await until('the end is heard', () => Promise.resolve(seen.includes(jobId) || undefined));
    again.disconnect();
  });

  it('that was published while nobody listened is never published again, but is on record when the listener learns that it may have missed it', async () => {
    const away = new Redis(server.url);
    const heard: string[] = [];
    const onRecord: string[][] = [];
    await new JobEnds(redis, away).subscribe('sampling', {
      onEnd: (id) => heard.push(id),
      onSubscribed: () => void events().then((found) => onRecord.push(found.map(({ type }) => type))),
    });
    await until('it has looked for the first time', () => Promise.resolve(onRecord.length === 1 || undefined));
    const gone = once(away, 'end');
    away.disconnect();
    await gone;
    await ends.publish(attempt(jobId), { type: 'succeeded' });
    await away.connect();
    await until('it has looked again', () => Promise.resolve(onRecord.length === 2 || undefined));
    expect(onRecord).toEqual([[], ['succeeded']]);
    expect(heard).not.toContain(jobId);
    away.disconnect();
  });
});
