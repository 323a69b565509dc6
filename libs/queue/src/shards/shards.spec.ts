import { describe, expect, it } from 'vitest';
import { jobIdShard, MOST_SHARDS, newJobId } from '#contract';
import { Keys } from '../keys.js';
import { meetingShard, Shards } from './shards.js';

const numbered = (count: number) => new Shards(count, (_, shard) => shard);

describe('shards', () => {
  it('have the keys and ids of an installation without shards when there is one', () => {
    const shards = new Shards(1, (prefix) => prefix);
    expect(shards.all).toEqual([new Keys().prefix]);
    expect(newJobId('sampling', Date.now(), meetingShard('any key', 1))).toHaveLength(30);
  });

  it('each have a hash slot of their own', () => {
    const { all } = new Shards(12, (prefix) => /^\{([^}]+)\}$/.exec(prefix)?.[1]);
    expect(new Set(all).size).toBe(12);
    expect(all).not.toContain(undefined);
  });

  it('find a job by its id, also after their number has grown', () => {
    const [few, many] = [numbered(3), numbered(10)];
    for (let i = 0; i < 200; i++) {
      const id = newJobId('training', Date.now(), i % 3);
      expect(few.of(id)).toBe(jobIdShard(id));
      expect(many.of(id)).toBe(jobIdShard(id));
    }
    expect(many.of(newJobId('sampling'))).toBe(0);
  });

  it('do not find a job in a shard that is not there', () => {
    expect(numbered(3).of(newJobId('sampling', 5, 3))).toBeUndefined();
  });

  it('do not hold a job either, and put it into no group', () => {
    const [here, away] = [newJobId('sampling', 5, 2), newJobId('sampling', 5, 3)];
    expect(numbered(3).holding(here)).toBe(2);
    expect(() => numbered(3).holding(away)).toThrow(RangeError);
    expect([...numbered(3).group([away, here, here])]).toEqual([[2, [here, here]]]);
  });

  it('bring together what has the same text, and spread the rest evenly', () => {
    const places = Array.from({ length: 4_000 }, (_, i) => meetingShard(`key ${i}`, 4));
    expect(places).toEqual(places.map((_, i) => meetingShard(`key ${i}`, 4)));
    for (const shard of numbered(4).all) expect(places.filter((place) => place === shard).length).toBeGreaterThan(800);
  });

  it.each([0, -1, 1.5, MOST_SHARDS + 1])('are never %d', (count) => {
    expect(() => numbered(count)).toThrow(RangeError);
  });
});
