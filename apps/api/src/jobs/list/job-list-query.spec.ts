import { describe, expect, it } from 'vitest';
import { newJobId } from '#contract';
import { isFiltered, JobListQuery, matches, mayMatch, idRangeOf, SamplingJobListQuery } from './job-list-query.js';

const NOON = Date.parse('2026-11-30T12:00:00Z');
const query = (fields: object) => SamplingJobListQuery.parse(fields);

/** Whether an id lies in the part of the list that is looked at. */
const isLookedAt = (jobId: string, fields: object) => {
  const { from = '', before = '~' } = idRangeOf('sampling', query(fields));
  return jobId >= from && jobId < before;
};

describe('The part of the list that is looked at', () => {
  it.each([
    [-1, false],
    [0, true],
    [999, true],
    [1_000, false],
  ])('begins at `from` and ends before `until`: a job of %i ms after `from`', (ms, isThere) => {
    const span = { from: '2026-11-30T12:00:00Z', until: '2026-11-30T12:00:01Z' };
    expect(isLookedAt(newJobId('sampling', NOON + ms), span)).toBe(isThere);
    expect(isLookedAt(newJobId('sampling', NOON + ms, 5), span)).toBe(isThere);
  });

  it('is that of the ids that begin so, in whatever letters, however much of them is given', () => {
    const id = newJobId('sampling', NOON);
    for (const length of [4, 8, 20, 29, 30]) {
      expect(isLookedAt(id, { id: id.slice(0, length) })).toBe(true);
      expect(isLookedAt(id, { id: id.slice(0, length).toLowerCase() })).toBe(true);
    }
    expect(isLookedAt(newJobId('sampling', NOON + 60_000), { id: id.slice(0, 14) })).toBe(false);
    expect(isLookedAt(newJobId('sampling', NOON), { id: id.slice(0, 14), from: '2026-11-30T12:00:01Z' })).toBe(false);
  });

  it('is all of it for a part from the middle of an id, of which then only ids are read', () => {
    const id = newJobId('sampling', NOON);
    expect(idRangeOf('sampling', query({ id: id.slice(20) }))).toEqual({ from: undefined, before: undefined });
    expect(mayMatch(id, query({ id: id.slice(20).toLowerCase() }))).toBe(true);
    expect(mayMatch(id, query({ id: 'UUUU' }))).toBe(false);
  });
});

describe('A filter of the list', () => {
  const job = { status: 'running', model: { name: 'robot' }, key: 'abcdefgh', priority: 'bulk' } as const;

  it.each([
    [{ status: 'running', model: 'robot', key: 'abcdefgh', priority: 'bulk' }, true],
    [{}, true],
    [{ status: 'queued' }, false],
    [{ model: 'robo' }, false],
    [{ key: 'hgfedcba' }, false],
    [{ priority: 'normal' }, false],
  ])('%j lets a job through: %s', (fields, isThrough) => {
    expect(matches(job, query(fields))).toBe(isThrough);
    expect(isFiltered(query(fields))).toBe(Object.keys(fields).length > 0);
  });

  it.each([
    { ids: 'smp_1' },
    { ids: Array.from({ length: 201 }, () => newJobId('sampling')).join(',') },
    { from: 'noon' },
    { id: '' },
    { id: '*' },
    { key: 'short' },
  ])('that cannot be one is refused: %j', (fields) => {
    expect(JobListQuery.safeParse(fields).success).toBe(false);
  });
});
