import { describe, expect, it } from 'vitest';
import { MAX_ISSUES, SamplingRequest } from '#contract';
import { LOCAL_CALLER } from '../access/caller.js';
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
      { key: undefined, caller: LOCAL_CALLER },
    );
    const named = items.map(({ problem }) => problem?.errors?.length ?? 0);
    expect(Math.min(...named)).toBe(1);
    expect(named.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1_000 + items.length);
    expect(named[0]).toBe(3);
  });

  it('names of one request no more than it would alone', async () => {
    const request = { model: 'm', ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1])) };
    const { items } = await bulk.submit([request], { key: undefined, caller: LOCAL_CALLER });
    expect(items[0]?.problem?.errors).toHaveLength(MAX_ISSUES);
  });

  it('gives each request the place that it has in the whole batch, so that keys do not repeat', async () => {
    const keys: unknown[] = [];
    const counting = new BulkSampling({
      submit: (_request, key) => {
        keys.push(key);
        return Promise.reject(new HttpProblem('queue_full', 'the queue is full'));
      },
    });
    await counting.submit(
      Array.from({ length: 250 }, () => ({ model: 'm' })),
      { key: 'k', caller: LOCAL_CALLER },
    );
    expect(keys).toEqual(Array.from({ length: 250 }, (_, place) => ({ key: 'k', caller: LOCAL_CALLER, place })));
  });

  it('answers each request on its own', async () => {
    const { items } = await bulk.submit([{ model: 'm' }, 7, SamplingRequest.parse({ model: 'm' })], {
      key: undefined,
      caller: LOCAL_CALLER,
    });
    expect(items.map(({ status }) => status)).toEqual([503, 422, 503]);
  });
});
