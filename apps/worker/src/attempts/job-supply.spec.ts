import type { Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import type { TakenJob, TakenJobs } from '#queue';
import { JobSupply } from './job-supply.js';

const jobOf = (id: string) =>
  ({ json: { id }, lock: `lock-${id}`, verdict: { kind: 'shared' } }) as unknown as TakenJob;
const group = (ids: readonly string[], rest: Partial<TakenJobs> = {}): TakenJobs => ({
  jobs: ids.map(jobOf),
  hasMore: true,
  dueAt: 0,
  errors: [],
  ...rest,
});

function supplyOf(
  groups: readonly (TakenJobs | undefined)[],
  state: { isPaused?: boolean; closing?: object; isAway?: boolean } = {},
) {
  const tokens: string[] = [];
  const givenBack: unknown[] = [];
  const worker = {
    closing: state.closing,
    isPaused: () => state.isPaused === true,
    getBackend: () => ({
      moveJobFromActiveToWait: (...job: unknown[]) =>
        state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(givenBack.push(job)),
    }),
  } as unknown as Worker;
  const left = [...groups];
  const supply = new JobSupply(worker, (token) => {
    tokens.push(token);
    return Promise.resolve(left.shift());
  });
  const next = async (token: string) => {
    const job = await supply.next(token);
    return typeof job === 'number' ? job : job.json.id;
  };
  return { next, tokens, givenBack };
}

describe('The supply of a worker', () => {
  it('gives the jobs of a group one by one, and takes the next group when it has none left', async () => {
    const { next, tokens } = supplyOf([group(['a', 'b']), group(['c'])]);
    expect([await next('1'), await next('2'), await next('3')]).toEqual(['a', 'b', 'c']);
    expect(tokens).toEqual(['1', '3']);
  });

  it('asks for nothing, once, after a group that has left none', async () => {
    const { next, tokens } = supplyOf([group(['a'], { hasMore: false }), group(['b'])]);
    expect([await next('1'), await next('2'), await next('3')]).toEqual(['a', 0, 'b']);
    expect(tokens).toEqual(['1', '3']);
  });

  it('says when a job is due, if there is none before, and asks for that', async () => {
    const { next } = supplyOf([group(['a'], { hasMore: false, dueAt: 7 }), group([], { dueAt: 7 }), undefined]);
    expect([await next('1'), await next('2'), await next('3')]).toEqual(['a', 7, 0]);
  });

  it('gives the first of a group although the others could not be given back', async () => {
    const { next } = supplyOf([group(['a', 'b'])], { isPaused: true, isAway: true });
    expect(await next('1')).toBe('a');
  });

  it.each([{ isPaused: true }, { closing: Promise.resolve() }])(
    'gives back what its worker will not ask for any more: %o',
    async (state) => {
      const { next, givenBack } = supplyOf([group(['a', 'b', 'c']), undefined], state);
      expect([await next('1'), await next('2')]).toEqual(['a', 0]);
      expect(givenBack).toEqual([
        ['b', 'lock-b'],
        ['c', 'lock-c'],
      ]);
    },
  );
});
