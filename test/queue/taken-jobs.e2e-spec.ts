import type { Priority } from '#ddim';
import { describe, expect, it } from 'vitest';
import { cancelError } from '#contract';
import { BULL_PRIORITY, JobEvents, Keys, WaitingJobs } from '#queue';
import { add, keyOf, queue, redis, useContractQueue, work } from './contract-queue.js';

const ROOM = {
  rowsWanted: 16,
  held: { interactive: 0, normal: 0, bulk: 0 },
  floors: { interactive: 0, normal: 2, bulk: 1 },
};
const LOCK_MS = 30_000;

describe('The jobs that a worker takes', () => {
  useContractQueue('sampling');

  const take = (room: object = {}, token = 'w:1') =>
    new WaitingJobs(redis).take('sampling', { ...ROOM, ...room }, { token, lockMs: LOCK_MS, worker: 'w' });
  const idsOf = ({ jobs }: Awaited<ReturnType<typeof take>>) => jobs.map(({ json }) => json.id);
  const order = () => redis.zrange(keyOf('prioritized'), '0', '-1');
  const marker = () => redis.zrange(keyOf('marker'), '0', '-1');
  const keys = new Keys();
  async function addOf(id: string, priority: Priority, rows = 1): Promise<void> {
    await add(id, { text: id }, { priority: BULL_PRIORITY[priority] });
    await redis.hset(keyOf(id), { rows });
  }
  const addMany = async (priority: Priority, count: number, rows = 1) => {
    for (let i = 0; i < count; i++) await addOf(`${priority}-${i}`, priority, rows);
  };
  const eventsOf = async (id: string) => (await new JobEvents(redis).read(id)).map(({ event }) => event);

  it('are those of better classes first, each in the order of arrival, as long as there is room for their rows', async () => {
    await addMany('bulk', 3);
    await addMany('normal', 2, 7);
    await addMany('interactive', 2, 4);
    const taken = await take();
    expect(idsOf(taken)).toEqual(['interactive-0', 'interactive-1', 'normal-0', 'normal-1', 'bulk-0']);
    expect(taken.hasMore).toBe(true);
    expect(await order()).toEqual(['bulk-1', 'bulk-2']);
  });

  it('are none of a class without room, though one of better classes, or of worse ones up to their floor', async () => {
    for (const priority of ['bulk', 'normal', 'interactive'] as const) await addMany(priority, 4);
    expect(idsOf(await take({ held: { interactive: 16, normal: 0, bulk: 0 } }))).toEqual([
      'normal-0',
      'normal-1',
      'bulk-0',
    ]);
    const held = { interactive: 0, normal: 4_096, bulk: 0 };
    expect(idsOf(await take({ held }))).toEqual([
      'interactive-0',
      'interactive-1',
      'interactive-2',
      'interactive-3',
      'bulk-1',
    ]);
    expect(idsOf(await take({ rowsWanted: 0, floors: { interactive: 0, normal: 0, bulk: 0 } }))).toEqual([]);
  });

  it('are 16 at once at most, so that others have some, and the rest is for whoever the marker wakes', async () => {
    await addMany('normal', 17);
    await redis.del(keyOf('marker'));
    expect((await take({ rowsWanted: 1_000 })).jobs).toHaveLength(16);
    expect(await marker()).toEqual(['0']);
    const last = await take({ rowsWanted: 1_000 });
    expect([last.jobs.length, last.hasMore, await marker()]).toEqual([1, false, []]);
  });

  it('end with one that has started before, which may have to be alone', async () => {
    await addMany('interactive', 3);
    await addMany('normal', 1);
    await redis.hset(keyOf('interactive-1'), { ats: 1 });
    const taken = await take();
    expect(idsOf(taken)).toEqual(['interactive-0', 'interactive-1']);
    expect(taken.jobs.map(({ json }) => json.attemptsStarted)).toEqual([1, 2]);
  });

  it('begin with those whose worker died or that are due again, at the front of their class', async () => {
    await addMany('bulk', 3);
    await addMany('interactive', 1);
    await redis.zrem(keyOf('prioritized'), 'bulk-1', 'bulk-2');
    await redis.rpush(keyOf('wait'), 'bulk-1');
    await redis.zadd(keyOf('delayed'), (Date.now() - 1_000) * 0x1000, 'bulk-2');
    await redis.hset(keyOf('bulk-2'), { delay: 1_000 });
    const taken = idsOf(await take());
    expect(taken[0]).toBe('interactive-0');
    expect(taken.slice(1, 3).sort()).toEqual(['bulk-1', 'bulk-2']);
    expect(taken[3]).toBe('bulk-0');
    expect(await redis.exists(keyOf('wait'), keyOf('delayed'))).toBe(0);
    expect(await redis.hget(keyOf('bulk-2'), 'delay')).toBe('0');
  });

  it('include one that the release before had brought to the head for a worker that did not come', async () => {
    await addMany('normal', 2);
    await redis.zadd(keyOf('prioritized'), Date.now() / 1_000 - 60, 'normal-1');
    expect(idsOf(await take())).toEqual(['normal-1', 'normal-0']);
  });

  it('are not those that are not due, but when the first of them is', async () => {
    await addMany('normal', 1);
    await redis.zrem(keyOf('prioritized'), 'normal-0');
    const dueAt = Date.now() + 60_000;
    await redis.zadd(keyOf('delayed'), dueAt * 0x1000, 'normal-0');
    expect(await take()).toEqual({ jobs: [], hasMore: false, dueAt, errors: [] });
    expect((await take({}, 'w:2')).dueAt).toBe(dueAt);
  });

  it('are none while the queue is paused, whose marker stays as it is', async () => {
    await addMany('normal', 1);
    await queue.pause();
    await redis.del(keyOf('marker'));
    expect((await take()).jobs).toEqual([]);
    expect(await marker()).toEqual([]);
    await queue.resume();
    expect(idsOf(await take())).toEqual(['normal-0']);
  });

  it('are locked by tokens of their own, of which what is before the last colon names the worker', async () => {
    await addMany('normal', 3);
    const { jobs } = await take({}, 'worker:7');
    expect(jobs.map(({ lock }) => lock)).toEqual(['worker:7', 'worker:7.2', 'worker:7.3']);
    for (const { json, lock } of jobs) {
      expect(await redis.get(keyOf(json.id, ':lock'))).toBe(lock);
      expect(await redis.pttl(keyOf(json.id, ':lock'))).toBeGreaterThan(LOCK_MS / 2);
    }
  });

  it('are left as BullMQ leaves those that it takes', async () => {
    await addMany('normal', 2);
    const worker = work(() => Promise.resolve(), { autorun: false });
    const byBull = await worker.getNextJob('w:1', { block: false });
    const [ours] = (await take()).jobs;
    expect([byBull?.id, ours?.json.id]).toEqual(['normal-0', 'normal-1']);
    const left = async (id: string) => {
      const { timestamp: _added, processedOn, opts, data, ...hash } = await redis.hgetall(keyOf(id));
      const options = JSON.parse(opts ?? '') as Record<string, unknown>;
      const lock = await redis.get(keyOf(id, ':lock'));
      return {
        ...hash,
        options: { ...options, jobId: '' },
        data: data?.replace(id, ''),
        lock,
        began: Number(processedOn) > 0,
      };
    };
    expect(await left('normal-0')).toEqual(await left('normal-1'));
    expect(await redis.lrange(keyOf('active'), 0, -1)).toEqual(['normal-1', 'normal-0']);
    const read = await queue.getJob('normal-1');
    expect(ours?.json).toMatchObject({
      name: read?.name,
      data: JSON.stringify(read?.data),
      opts: read?.opts,
      timestamp: read?.timestamp,
      attemptsStarted: 1,
      attemptsMade: 0,
      stalledCounter: 0,
    });
  });

  it('have their starts published with their warnings, by the clock of Redis, if they may run', async () => {
    await addMany('normal', 2);
    const warnings = [{ code: 'clipped', message: 'é' }];
    await redis.hset(keyOf('normal-1'), { warnings: JSON.stringify(warnings) });
    const [before] = await redis.time();
    expect((await take()).jobs.map(({ verdict }) => verdict)).toEqual([{ kind: 'shared' }, { kind: 'shared' }]);
    const started = { type: 'started', attempt: 1, worker: 'w' };
    expect(await eventsOf('normal-0')).toEqual([{ ...started, warnings: [] }]);
    const [event] = await redis.xrange(keys.events('normal-1'), '-', '+');
    expect(JSON.parse(event?.[1][3] ?? '')).toEqual({ ...started, warnings });
    expect(Number(await redis.hget(keyOf('normal-0'), 'processedOn'))).toBeGreaterThanOrEqual(Number(before) * 1_000);
    expect(await redis.ttl(keys.events('normal-0'))).toBeGreaterThan(0);
  });

  it('come with why one of them may not run, and then its start is not published', async () => {
    for (const id of ['cancelled', 'alone', 'poisonous', 'ended', 'spoiled']) await addOf(id, 'normal');
    const cancel = { at: 1, attempt: 0, reason: 'superseded' } as const;
    await redis.hset(keys.ledger('cancelled'), { cancel: JSON.stringify(cancel) });
    await redis.hset(keys.ledger('alone'), { starts: 2, solo: 4 });
    await redis.hset(keys.ledger('poisonous'), { starts: 2, solo: 5 });
    await redis.hset(keyOf('ended'), { ended: 0 });
    await redis.set(keys.ledger('spoiled'), 'no ledger');
    const { jobs } = await take();
    expect(jobs.map(({ verdict }) => verdict)).toEqual([
      { kind: 'cancelled', cancel },
      { kind: 'alone' },
      { kind: 'poisonous', soloStarts: 5 },
      { kind: 'over' },
      { kind: 'unknown', reason: expect.stringContaining('WRONGTYPE') as unknown },
    ]);
    const published = await Promise.all(jobs.map(async ({ json: { id } }) => (await eventsOf(id)).length));
    expect(published).toEqual([0, 1, 0, 0, 0]);
    expect(cancelError(cancel.reason).code).toBe('superseded');
  });

  it('are the others when something of one cannot be read', async () => {
    await addMany('normal', 3);
    await redis.hset(keyOf('normal-0'), { opts: '{' });
    await redis.hset(keys.ledger('normal-1'), { cancel: '{' });
    const taken = await take();
    expect(taken.errors.map(({ message }) => message)).toEqual(['job normal-0 cannot be read']);
    expect(taken.jobs.map(({ json, verdict }) => [json.id, verdict.kind])).toEqual([
      ['normal-1', 'unknown'],
      ['normal-2', 'shared'],
    ]);
  });

  it('are the others when one of them is no job at all, and a server that forgets the script does not matter', async () => {
    await addMany('normal', 4);
    await redis.script('FLUSH');
    for (const id of ['normal-1', 'normal-2']) {
      await redis.del(keyOf(id));
      await redis.set(keyOf(id), 'no hash');
    }
    await redis.zrem(keyOf('prioritized'), 'normal-2');
    await redis.zadd(keyOf('delayed'), 4_096, 'normal-2');
    const taken = await take();
    expect(idsOf(taken)).toEqual(['normal-0', 'normal-3']);
    const wrongType: unknown = expect.stringContaining('WRONGTYPE');
    expect(taken.errors.map(({ message }) => message)).toEqual([wrongType, wrongType]);
  });
});
