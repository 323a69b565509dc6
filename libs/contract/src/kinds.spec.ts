import { describe, expect, it } from 'vitest';
import { JOB_ID_LENGTH, newJobId, parseJobId } from './jobs/job-id.js';
import { JOB_KINDS, KINDS } from './kinds.js';

describe('Kinds of jobs', () => {
  it('have prefixes, routes and titles of their own', () => {
    for (const fact of ['idPrefix', 'route', 'title'] as const)
      expect(new Set(JOB_KINDS.map((kind) => KINDS[kind][fact])).size).toBe(JOB_KINDS.length);
  });

  it.each(JOB_KINDS)('are found again in their ids, all of one length: %s', (kind) => {
    const id = newJobId(kind);
    expect(id).toHaveLength(JOB_ID_LENGTH);
    expect(parseJobId(id)).toBe(kind);
  });
});
