import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { DurableWrites } from './durable-writes.js';

/** A Redis that answers WAITAOF when the test says so. */
class SlowDisk {
  readonly waits: ((numLocal: number) => void)[] = [];
  readonly redis = {
    set: () => Promise.resolve('OK'),
    call: () => new Promise((resolve) => this.waits.push((numLocal) => resolve([numLocal, 0]))),
  } as unknown as Redis;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Durable writes', () => {
  it('share the wait that begins after them, and never one that has begun before', async () => {
    const disk = new SlowDisk();
    const writes = new DurableWrites(disk.redis);
    const done: string[] = [];
    const settle = (name: string) => writes.settled().then(() => done.push(name));
    const all = [settle('first'), settle('second'), settle('third')];
    await turn();
    expect(disk.waits).toHaveLength(1);
    disk.waits[0]?.(1);
    await turn();
    expect([done, disk.waits.length]).toEqual([['first'], 2]);
    all.push(settle('fourth'));
    disk.waits[1]?.(1);
    await turn();
    expect([done, disk.waits.length]).toEqual([['first', 'second', 'third'], 3]);
    disk.waits[2]?.(1);
    await Promise.all(all);
    expect(done).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('are unknown when the disk took too long, and the next wait is another', async () => {
    const disk = new SlowDisk();
    const writes = new DurableWrites(disk.redis);
    const failed = writes.settled();
    const next = writes.settled();
    disk.waits[0]?.(0);
    await expect(failed).rejects.toMatchObject({ code: 'outcome_unknown' });
    await turn();
    disk.waits[1]?.(1);
    await next;
  });
});
