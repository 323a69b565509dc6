import { describe, expect, it } from 'vitest';
import { jsonBytes, requireRoomInJob } from './job-size.js';

describe('jsonBytes', () => {
  it.each([
    [undefined, 0],
    ['a', 3],
    ['\u4e2d', 5],
    ['\u0001', 8],
    ['\u{1f600}', 6],
    [[1, 0], 5],
  ])('counts %j as the queue does, in UTF-8', (value, bytes) => {
    expect(jsonBytes(value)).toBe(bytes);
  });
});

describe('requireRoomInJob', () => {
  it('refuses what does not fit and names its largest part', () => {
    const parts = { metadata: 'abc', supersedeKey: undefined, 'fixedActions.mask': [1, 1, 1] };
    expect(() => requireRoomInJob(100, 100, parts)).not.toThrow();
    expect(() => requireRoomInJob(101, 100, parts)).toThrow(
      expect.objectContaining({
        code: 'limit_exceeded',
        status: 422,
        errors: [expect.objectContaining({ path: 'fixedActions.mask' })],
      }),
    );
  });
});
