import { describe, expect, it } from 'vitest';
import { JobEnds, JobEvents, JobLedger, Keys } from '#queue';
import { add, keyOf, next, queue, redis, useContractQueue, work } from './contract-queue.js';

const VALUE = JSON.stringify({ text: 'é' });

describe('A success', () => {
  useContractQueue('sampling');

  const keys = new Keys();
  const attempt = (jobId: string) => ({ kind: 'sampling', jobId, token: 'w:1', attemptsStarted: 1 }) as const;
  const succeed = (jobId: string, success: object = {}, ends = new JobEnds(redis)) =>
    ends.succeed(attempt(jobId), { value: VALUE, kept: -1, ...success });
  const eventsOf = async (id: string) => (await new JobEvents(redis).read(id)).map(({ event }) => event.type);
  /** Adds a job, which a worker then has taken. */
  async function taken(id: string, token = 'w:1'): Promise<string> {
    await add(id, { text: 'whole' }, { priority: 2 });
    const job = await work(() => Promise.resolve(), { autorun: false }).getNextJob(token, { block: false });
    if (job?.id !== id) throw new Error(`${job?.id} was taken`);
    return id;
  }
  const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);

  it('is recorded as BullMQ records it, and its end is published once', async () => {
    const worker = work(() => Promise.resolve(JSON.parse(VALUE)), { autorun: false });
    await add('bull', {}, { priority: 2 });
    void worker.run();
    await next(worker, 'completed');
    await worker.close();
    await taken('ours');
    await redis.sadd(keyOf('stalled'), 'ours'); // those that the next look will find without a lock
    expect(await succeed('ours', { trace: 'how it went', remains: '{}' })).toBe('published');
    const left = async (id: string) => {
      const { timestamp: _added, processedOn, finishedOn, opts: _options, ...hash } = await redis.hgetall(keyOf(id));
      const lock = await redis.exists(keyOf(id, ':lock'));
      const score = Number(await redis.zscore(keyOf('completed'), id));
      return {
        ...hash,
        lock,
        isInOrder: Number(finishedOn) >= Number(processedOn),
        isListed: score === Number(finishedOn),
      };
    };
    const { ended, trace, ...ours } = (await left('ours')) as Record<string, unknown>;
    expect(ours).toEqual(await left('bull'));
    expect([ended, trace]).toEqual(['1', 'how it went']);
    expect(await redis.exists(keyOf('active'), keyOf('stalled'))).toBe(0);
    expect(await queue.getJobState('ours')).toBe('completed');
    expect((await queue.getJob('ours'))?.returnvalue).toEqual(JSON.parse(VALUE));
    expect(await eventsOf('ours')).toEqual(['succeeded']);
    expect((await queue.getMetrics('completed')).meta.count).toBe(2);
  });

  it('shares one call with those of its turn, and neither their refusals nor their errors', async () => {
    for (const id of ['a', 'fenced', 'spoiled', 'unpublished', 'b']) await taken(id);
    await redis.set(keyOf('fenced', ':lock'), 'w:2');
    await redis.set(keys.ledger('unpublished'), 'no ledger');
    await redis.del(keyOf('spoiled'));
    await redis.set(keyOf('spoiled'), 'no hash');
    const ends = new JobEnds(redis);
    await redis.script('FLUSH'); // a server that has forgotten it gets it again
    const before = await calls();
    const outcomes = await Promise.allSettled(
      ['a', 'fenced', 'spoiled', 'unpublished', 'b'].map((id) => succeed(id, {}, ends)),
    );
    expect((await calls()) - before).toBe(1);
    const said = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
    expect(said).toEqual([
      'published',
      'FinishRefusedError: the end of job fenced was refused: another attempt has it',
      expect.stringContaining('WRONGTYPE'),
      'unrecorded',
      'published',
    ]);
    expect([await eventsOf('a'), await eventsOf('b'), await eventsOf('fenced')]).toEqual([
      ['succeeded'],
      ['succeeded'],
      [],
    ]);
    expect(await queue.getJobState('unpublished')).toBe('completed');
    await redis.del(keys.ledger('unpublished'));
    expect(await ends.publish(attempt('unpublished'), { type: 'succeeded' })).toBe('published');
  });

  it.each([
    ['has run out', -2, () => redis.del(keyOf('a', ':lock'))],
    ['is another’s', -6, () => redis.set(keyOf('a', ':lock'), 'w:2')],
    ['was taken for another attempt', -6, () => redis.hset(keyOf('a'), { ats: 2 })],
    ['was kept without its job', -1, () => redis.del(keyOf('a'))],
  ])('of an attempt whose lock %s is refused, and changes nothing', async (_what, code, lose) => {
    await taken('a');
    await lose();
    const state = async () => [
      await redis.hgetall(keyOf('a')),
      await redis.get(keyOf('a', ':lock')),
      await redis.lrange(keyOf('active'), 0, -1),
    ];
    const before = await state();
    await expect(succeed('a')).rejects.toMatchObject({ code });
    expect(await state()).toEqual(before);
    expect(await eventsOf('a')).toEqual([]);
    expect(await redis.exists(keyOf('completed'), keyOf('metrics:completed'))).toBe(0);
  });

  it('of a job that is not active is refused, and gives the lock up', async () => {
    await taken('a');
    await redis.del(keyOf('active'));
    await redis.sadd(keyOf('stalled'), 'a');
    await expect(succeed('a')).rejects.toMatchObject({ code: -3 });
    expect(await redis.exists(keyOf('a', ':lock'), keyOf('stalled'), keyOf('completed'))).toBe(0);
    expect(await redis.hmget(keyOf('a'), 'returnvalue', 'finishedOn', 'ended')).toEqual([null, null, null]);
  });

  it('is recorded after an accepted cancel, which is what is published', async () => {
    await taken('a');
    const cancel = { at: 1, attempt: 1, reason: 'superseded' } as const;
    await redis.hset(keys.ledger('a'), { cancel: JSON.stringify(cancel), starts: 1 });
    expect(await succeed('a')).toEqual(cancel);
    expect(await eventsOf('a')).toEqual(['cancelled']);
    expect(await redis.hmget(keyOf('a'), 'returnvalue', 'ended')).toEqual([VALUE, '1']);
    expect(await redis.hkeys(keys.ledger('a'))).toEqual(['cancel']);
  });

  it('of a job whose end was published before is recorded, and publishes nothing', async () => {
    await taken('a');
    await redis.hset(keyOf('a'), { ended: 0 });
    expect(await succeed('a', { trace: 'how it went' })).toBe('published');
    expect(await eventsOf('a')).toEqual([]);
    expect(await redis.hmget(keyOf('a'), 'returnvalue', 'ended', 'trace')).toEqual([VALUE, '0', null]);
  });

  it('keeps as many finished jobs as its job asks for, the newest, and nothing of the others', async () => {
    for (const id of ['a', 'b', 'c']) {
      await taken(id);
      await redis.rpush(keyOf(id, ':logs'), 'a line');
      await succeed(id, { kept: 2 });
    }
    expect(await redis.zrange(keyOf('completed'), '0', '-1')).toEqual(['b', 'c']);
    expect(await redis.exists(keyOf('a'), keyOf('a', ':logs'))).toBe(0);
    expect(await redis.exists(keyOf('b'), keyOf('b', ':logs'))).toBe(2);
  });

  it('is recorded while Redis has no memory', async () => {
    await taken('a');
    await succeed(await taken('b')); // the server knows the script
    await redis.config('SET', 'maxmemory', '1');
    try {
      expect(await succeed('a')).toBe('published');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(await queue.getJobState('a')).toBe('completed');
  });

  it('counts by minutes as BullMQ does', async () => {
    await succeed(await taken('a'));
    await redis.hset(keyOf('metrics:completed'), { prevTS: Date.now() - 3 * 60_000 });
    await succeed(await taken('b'));
    const { meta, data } = await queue.getMetrics('completed');
    expect(meta.count).toBe(2);
    expect(data.map(Number)).toEqual([0, 0, 1]);
  });

  it('forgets the starts of its job', async () => {
    await taken('a');
    await new JobLedger(redis).began(attempt('a'));
    await succeed('a');
    expect(await redis.exists(keys.ledger('a'))).toBe(0);
  });
});
