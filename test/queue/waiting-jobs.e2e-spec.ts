import type { Priority } from '#ddim';
import { describe, expect, it } from 'vitest';
import { BULL_PRIORITY, WaitingJobs } from '#queue';
import { add, keyOf, queue, redis, useContractQueue } from './contract-queue.js';

describe('A waiting job', () => {
  useContractQueue();

  const bring = (...classes: Priority[]) => {
    const waiting = new WaitingJobs(redis);
    return waiting.bringForward(queue.name as 'sampling', classes);
  };
  const order = () => redis.zrange(keyOf('prioritized'), '0', '-1');
  const addOf = (id: string, priority: Priority) => add(id, {}, { priority: BULL_PRIORITY[priority] });

  it('of the best of some classes is brought to the head, each once', async () => {
    await addOf('n', 'normal');
    await addOf('b1', 'bulk');
    await addOf('b2', 'bulk');
    expect(await bring('interactive', 'bulk')).toBe(true);
    expect(await order()).toEqual(['b1', 'n', 'b2']);
    expect(await bring('interactive', 'bulk')).toBe(true);
    expect(await order()).toEqual(['b1', 'b2', 'n']);
    expect(await bring('interactive', 'bulk')).toBe(false);
    expect(await order()).toEqual(['b1', 'b2', 'n']);
  });

  it('that was brought for a worker that did not come is for whoever asks next', async () => {
    await addOf('n', 'normal');
    await redis.zadd(keyOf('prioritized'), Date.now() / 1_000 - 60, 'n');
    expect(await bring('interactive')).toBe(true);
    expect(await order()).toEqual(['n']);
  });

  it('whose worker died, or that is due again, goes to the front of its class', async () => {
    for (const id of ['b1', 'b2', 'b3']) await addOf(id, 'bulk');
    await addOf('i', 'interactive');
    await redis.zrem(keyOf('prioritized'), 'b2', 'b3');
    await redis.rpush(keyOf('wait'), 'b2');
    await redis.zadd(keyOf('delayed'), (Date.now() - 1_000) * 0x1000, 'b3');
    expect(await bring('normal')).toBe(false);
    expect(await order()).toEqual(['i', 'b2', 'b3', 'b1']);
  });

  it('stays where it is while the queue is paused, and wakes others when it is not wanted here', async () => {
    await addOf('n', 'normal');
    await queue.pause();
    await redis.del(keyOf('marker'));
    expect(await bring('normal')).toBe(false);
    expect(await redis.exists(keyOf('marker'))).toBe(0);
    await queue.resume();
    await redis.del(keyOf('marker'));
    expect(await bring('interactive')).toBe(false);
    expect(await redis.exists(keyOf('marker'))).toBe(1);
  });
});
