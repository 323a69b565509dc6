import { describe, expect, it } from 'vitest';
import { SamplingRequest } from '#jobs';
import { HttpProblem } from '../http/problem.js';
import { BulkSampling } from './bulk-sampling.js';

describe('BulkSampling', () => {
  const bulk = new BulkSampling({
    submit: () => Promise.reject(new HttpProblem('queue_full', 'the queue is full')),
  });

  it('names 1,000 wrong fields at most, and one of every refused request', async () => {
    const mask = Array.from({ length: 481 }, () => 9);
    const request = {
      model: 'm',
      fixedActions: { mask, values: [[1]] },
      metadata: Object.fromEntries(mask.map((_, i) => [`k${i}`, 1])),
      eta: 9,
    };
    const { items } = await bulk.submit(
      Array.from({ length: 1_000 }, () => request),
      undefined,
    );
    const named = items.map(({ problem }) => problem?.errors?.length ?? 0);
    expect(Math.min(...named)).toBe(1);
    expect(named.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1_000 + items.length);
    expect(named[0]).toBe(3);
  });

  it('answers each request on its own', async () => {
    const { items } = await bulk.submit([{ model: 'm' }, 7, SamplingRequest.parse({ model: 'm' })], undefined);
    expect(items.map(({ status }) => status)).toEqual([503, 422, 503]);
  });
});
