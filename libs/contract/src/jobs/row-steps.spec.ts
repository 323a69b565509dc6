import { describe, expect, it } from 'vitest';
import { rowStepsOf } from './row-steps.js';

describe('rowStepsOf', () => {
  it('counts the steps of all rows of a sampling job, which its data state', () => {
    expect(rowStepsOf({ rows: 3, steps: 30, request: {} })).toBe(30);
  });

  it('counts batch x steps of a training job', () => {
    expect(rowStepsOf({ model: 'm', config: { training: { batchSize: 256, steps: 1_000 } } })).toBe(256_000);
  });

  it('takes nothing else for a job: what cannot be counted is not let in', () => {
    expect(() => rowStepsOf({ config: {} })).toThrow();
  });
});
