import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Announcements } from './announcements.js';
import { KnownRequests } from '../inside-a-thread/known-requests.js';
import { tinyRequest } from '../../testing/requests.js';
import type { News, ThreadRequest } from '../protocol/thread-protocol.js';

const PLANS = [5, 10, 20].map((numInferenceSteps) => tinyRequest({ options: { numInferenceSteps } }).plan);

function request(number: number, plan = PLANS[0]): ThreadRequest {
  const observations = Float32Array.of(number);
  const absent = { initialNoise: undefined, initialActions: undefined, fixedActions: undefined };
  return { number, plan, seed: number, samplesPerObservation: 1, observations, ...absent };
}

const numbersOf = ({ requests, plans }: News) => [
  requests.map(({ number }) => number),
  plans.map(({ number }) => number),
];

describe('what a thread knows of requests', () => {
  it('is each request once, and a plan once for all that share it', () => {
    const announcements = new Announcements();
    expect(numbersOf(announcements.newsFor([request(1), request(2), request(1)]))).toEqual([[1, 2], [0]]);
    expect(numbersOf(announcements.newsFor([request(2), request(3), request(4, PLANS[1])]))).toEqual([[3, 4], [1]]);
  });

  it('is that a plan may be forgotten, with the last request that uses it', () => {
    const announcements = new Announcements();
    announcements.newsFor([request(1), request(2)]);
    announcements.forget(1);
    expect(announcements.takeForgotten()).toEqual({ requests: [1], plans: [] });
    announcements.forget(2);
    announcements.forget(2);
    announcements.forget(7); // never announced
    expect(announcements.hasForgotten).toBe(true);
    expect(announcements.newsFor([request(3)])).toMatchObject({
      forgotten: { requests: [2], plans: [0] },
      plans: [{ number: 1, plan: PLANS[0] }],
    });
    expect(announcements.hasForgotten).toBe(false);
  });

  it('lets it know each request that is announced and no other, and no plan but theirs, whatever comes and goes', () => {
    const step = fc.record({
      batch: fc.array(fc.record({ number: fc.nat(20), plan: fc.constantFrom(...PLANS.keys()) })),
      ended: fc.array(fc.nat(20)),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const announcements = new Announcements();
        const known = new KnownRequests();
        const live = new Map<number, ThreadRequest>();
        const plans = new Map<number, unknown>();
        const announce = (rows: readonly ThreadRequest[]) => {
          const news = announcements.newsFor(rows);
          known.learn(news);
          for (const number of news.forgotten.plans) plans.delete(number);
          for (const { number, plan } of news.plans) plans.set(number, plan);
        };
        for (const { batch, ended } of steps) {
          for (const { number, plan } of batch) live.set(number, live.get(number) ?? request(number, PLANS[plan]));
          const rows = batch.flatMap(({ number }) => live.get(number) ?? []);
          announce(rows);
          for (const row of rows) expect(known.get(row.number)).toEqual(row);
          for (const number of ended) {
            announcements.forget(number);
            live.delete(number);
          }
        }
        announce([]);
        for (let number = 0; number <= 20; number++)
          if (!live.has(number)) expect(() => known.get(number)).toThrow(`request ${number}`);
        expect(plans.size).toBe(new Set(plans.values()).size); // none twice
        expect(new Set(plans.values())).toEqual(new Set([...live.values()].map(({ plan }) => plan)));
      }),
    );
  });

  it('is also what it may forget, when it hears so without new rows', () => {
    const announcements = new Announcements();
    const known = new KnownRequests();
    known.learn(announcements.newsFor([request(1)]));
    announcements.forget(1);
    known.forget(announcements.takeForgotten());
    expect(() => known.get(1)).toThrow('request 1');
  });
});
