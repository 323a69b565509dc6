import { describe, expect, it } from 'vitest';
import { encodeJobError, JobErrorCode, parseJobError } from './job-error.js';

describe('the reason of a failed job', () => {
  it.each(JobErrorCode.options)('keeps its code %s and its message', (code) => {
    const error = { code, message: 'line 1\n"line 2"' };
    expect(parseJobError(encodeJobError(error))).toEqual(error);
  });

  it.each([
    ['a message of BullMQ', 'job stalled more than allowable limit'],
    ['nothing', ''],
    ['a code that is not on the list', '{"code":"ENOENT","message":"/etc/secret"}'],
    ['a field too many', '{"code":"backend_error","message":"m","stack":"at secret"}'],
    ['JSON of another kind', '[1]'],
  ])('reads as an internal error without its text when it is %s', (_, failedReason) => {
    const error = parseJobError(failedReason);
    expect(error.code).toBe('internal_error');
    expect(error.message).not.toMatch(/secret|stalled/);
  });
});
