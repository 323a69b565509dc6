import { describe, expect, it } from 'vitest';
import { jobIdShard, MOST_SHARDS, newJobId } from '#contract';
import { Keys } from './keys.js';
import { Shards } from './shards.js';

const numbered = (count: number) => new Shards(count, (_, shard) => shard);

describe('shards', () => {
  it('have the keys and ids of an installation without shards when there is one', () => {
    const shards = new Shards(1, (prefix) => prefix);
    expect(shards.all).toEqual([new Keys().prefix]);
    for (const meets of [undefined, 'a', 'b']) expect(shards.newJobId('sampling', meets)).toHaveLength(30);
  });

  it('each have a hash slot of their own', () => {
    const { all } = new Shards(12, (prefix) => /^\{([^}]+)\}$/.exec(prefix)?.[1]);
    expect(new Set(all).size).toBe(12);
    expect(all).not.toContain(undefined);
  });

  it('find a job by its id, also after their number has grown', () => {
    const [few, many] = [numbered(3), numbered(10)];
    for (let i = 0; i < 200; i++) {
      const id = few.newJobId('training');
      expect(few.of(id)).toBe(jobIdShard(id));
      expect(many.of(id)).toBe(jobIdShard(id));
    }
    expect(many.of(newJobId('sampling'))).toBe(0);
  });

  it('do not find a job in a shard that is not there', () => {
    expect(numbered(3).of(newJobId('sampling', 5, 3))).toBeUndefined();
  });

  it('bring together what has to meet, and spread the rest evenly', () => {
    const shards = numbered(4);
    const ids = Array.from({ length: 4_000 }, (_, i) => ({
      met: jobIdShard(shards.newJobId('sampling', `key ${i}`)),
      again: jobIdShard(shards.newJobId('sampling', `key ${i}`)),
      free: jobIdShard(shards.newJobId('sampling')),
    }));
    for (const { met, again } of ids) expect(met).toBe(again);
    for (const shard of shards.all)
      for (const place of ['met', 'free'] as const)
        expect(ids.filter((id) => id[place] === shard).length).toBeGreaterThan(800);
  });

  it.each([0, -1, 1.5, MOST_SHARDS + 1])('are never %d', (count) => {
    expect(() => numbered(count)).toThrow(RangeError);
  });
});
