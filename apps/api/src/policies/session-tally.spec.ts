import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { PolicySessionInfo } from '#contract';
import { PolicyMetrics } from '#metrics';
import { RecentRate } from './recent-rate.js';
import { SessionTally } from './session-tally.js';

const record = { name: 'tiny', version: 2, sampling: { numInferenceSteps: 10 } };
const tallyOf = (memory: { readonly fps?: number; readonly settings?: { readonly steps?: number } }) =>
  new SessionTally(
    { memory: { record, fps: memory.fps, settings: memory.settings ?? {} }, owner: 'default', protocol: 'openpi' },
    new PolicyMetrics(new Registry()),
  );

describe('The tally of a session', () => {
  it('is what the contract says of a session that has asked for nothing', () => {
    const view = tallyOf({}).view('api');
    expect(PolicySessionInfo.parse(view)).toEqual(view);
    expect(view).toMatchObject({ model: 'tiny@2', steps: 10, observations: 0, planSeconds: null, seamJump: null });
  });

  it('counts plans that took longer than the actions for which they had been made', () => {
    const tally = tallyOf({ fps: 20, settings: { steps: 4 } });
    tally.planned({ delaySteps: 0, seamJump: undefined }, 1); // the first: nothing moves yet
    tally.planned({ delaySteps: 2, seamJump: 0.5 }, 0.1);
    tally.planned({ delaySteps: 2, seamJump: 1.5 }, 0.125);
    expect(tally.view('api')).toMatchObject({
      steps: 4,
      planned: 3,
      overruns: 1,
      delaySteps: 2,
      delayActions: 2.5,
      planSeconds: { p50: 0.125, p95: 1, max: 1 },
      seamJump: { last: 1.5, mean: 1, max: 1.5, count: 2 },
    });
  });

  it('knows no delay in actions where nobody said how many there are per second', () => {
    const tally = tallyOf({});
    tally.planned({ delaySteps: 1, seamJump: 0 }, 0.1);
    expect(tally.view('api')).toMatchObject({ fps: null, delayActions: null, delaySteps: 1, overruns: 0 });
  });
});

describe('A recent rate', () => {
  it('is that of the last ten seconds, and of less where less has passed', () => {
    let ms = 500;
    const rate = new RecentRate(() => ms);
    for (; ms < 4_500; ms += 100) rate.count();
    expect(rate.perSecond()).toBeCloseTo(10);
    for (; ms < 30_500; ms += 50) rate.count();
    expect(rate.perSecond()).toBeCloseTo(20, 0);
    ms += 60_000;
    expect(rate.perSecond()).toBe(0);
  });
});
