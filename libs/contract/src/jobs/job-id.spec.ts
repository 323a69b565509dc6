import { describe, expect, it } from 'vitest';
import { JOB_ID_PATTERN, jobIdShard, jobIdTime, leadingJobId, MOST_SHARDS, newJobId, parseJobId } from './job-id.js';

describe('job ids', () => {
  it('have a form of their own, name their kind and sort by time', () => {
    const ids = [1_000, 2_000, 1_700_000_000_000, 1_700_000_000_001].map((now) => newJobId('sampling', now));
    for (const id of ids) expect(id).toMatch(JOB_ID_PATTERN);
    expect([...ids].sort()).toEqual(ids);
    expect(parseJobId(newJobId('training'))).toBe('training');
  });

  it('do not repeat', () => {
    const ids = Array.from({ length: 10_000 }, () => newJobId('sampling', 5));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('name their shard, and in the first one have no sign of it', () => {
    for (let shard = 0; shard < MOST_SHARDS; shard++) expect(jobIdShard(newJobId('training', 5, shard))).toBe(shard);
    expect(newJobId('sampling', 5)).toHaveLength(30);
  });

  it('sort by time whatever their shards', () => {
    const ids = [7, 0, 1_023, 31, 32].map((shard, i) => newJobId('sampling', 1_700_000_000_000 + i, shard));
    expect([...ids].sort()).toEqual(ids);
    expect(ids.map(jobIdTime)).toEqual([0, 1, 2, 3, 4].map((i) => 1_700_000_000_000 + i));
    expect(ids.map(parseJobId)).toEqual(ids.map(() => 'sampling'));
  });

  it.each([0, 1, 1_023])('are found at the beginning of a text, shard %i', (shard) => {
    const id = newJobId('sampling', 5, shard);
    for (const rest of ['', '{"a":1}', '[1]', 'done']) expect(leadingJobId(`${id}${rest}`)).toBe(id);
    expect(leadingJobId('sjob')).toBeUndefined();
  });

  it('have one form for each shard', () => {
    expect(parseJobId(`${newJobId('sampling')}00`)).toBeUndefined();
  });

  it.each(['123', 'a:b', '0:1', '../x', '', 'smp_8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'smp_0ZZZZZZZZZZZZZZZZZZZZZZZZU', '🙂'])(
    'are never %j',
    (text) => {
      expect(parseJobId(text)).toBeUndefined();
    },
  );
});
