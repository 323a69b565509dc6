import { describe, expect, it } from 'vitest';
import { newJobId, parseJobId } from './jobs/job-id.js';
import { JOB_KINDS, KINDS } from './kinds.js';

describe('Kinds of jobs', () => {
  it('have prefixes, routes and titles of their own', () => {
    for (const fact of ['idPrefix', 'route', 'title'] as const)
      expect(new Set(JOB_KINDS.map((kind) => KINDS[kind][fact])).size).toBe(JOB_KINDS.length);
  });

  it.each(JOB_KINDS)('are found again in their ids: %s', (kind) => {
    const id = newJobId(kind);
    expect(parseJobId(id)).toBe(kind);
  });
});
