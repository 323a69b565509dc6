import { describe, expect, it } from 'vitest';
import { BackendError, CancelledError, DdimError, InputError, OutOfMemoryError } from './errors.js';
import { formatWarning, parseWarning } from './warning.js';

describe('an error of the library', () => {
  it('carries its class name, code, field and cause', () => {
    const cause = new Error('disk');
    const error = new InputError('shape_mismatch', 'x must be [3]', { field: 'x', cause });
    expect(error).toBeInstanceOf(DdimError);
    expect(error).toMatchObject({ name: 'InputError', code: 'shape_mismatch', field: 'x', cause });
    expect(new BackendError('broken').code).toBe('backend_error');
    expect(new OutOfMemoryError('full').code).toBe('out_of_memory');
  });

  it.each([
    ['cancelled', 'cancelled'],
    ['superseded', 'superseded'],
    ['deadline', 'deadline_exceeded'],
    ['shutdown', 'shutdown'],
  ] as const)('has the code of the reason it was stopped for: %s', (reason, code) => {
    expect(new CancelledError(reason)).toMatchObject({ reason, code });
  });
});

describe('a warning', () => {
  it('comes back as code and message', () => {
    const text = formatWarning('late_start', 'the first timestep 50: too late\nfor noise');
    expect(parseWarning(text)).toEqual({ code: 'late_start', message: 'the first timestep 50: too late\nfor noise' });
    expect(parseWarning('Something else')).toEqual({ code: 'warning', message: 'Something else' });
  });
});
