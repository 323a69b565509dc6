import { describe, expect, it } from 'vitest';
import { JOB_ID_PATTERN, newJobId, parseJobId } from './job-id.js';

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

  it.each(['123', 'a:b', '0:1', '../x', '', 'smp_8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'smp_0ZZZZZZZZZZZZZZZZZZZZZZZZU', '🙂'])(
    'are never %j',
    (text) => {
      expect(parseJobId(text)).toBeUndefined();
    },
  );
});
