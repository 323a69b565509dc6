import { describe, expect, it } from 'vitest';
import { startVirtual } from '../testing/engines.js';
import { tinyRequest } from '../testing/requests.js';
import type { MacroStepFacts } from './report/observer.js';
import type { SharedMacroStep } from './requests/request.js';

const STEPS = 10;

describe('a request that watches its macro-steps', () => {
  it('hears each one that had rows of it, with all who shared it and when', async () => {
    const observed: MacroStepFacts[] = [];
    const heard: SharedMacroStep[] = [];
    const { engine, host } = await startVirtual({
      threads: 1,
      observer: { onMacroStep: (facts) => observed.push(facts) },
    });
    await host.until(engine.submit(tinyRequest({ id: 'loads the model', seed: 9 })));
    observed.length = 0;
    const submittedAt = host.now();
    const watching = tinyRequest({ rows: 3, seed: 1, onMacroStep: (step) => heard.push(step) });
    await host.until(Promise.all([engine.submit(watching), engine.submit(tinyRequest({ rows: 5, seed: 2 }))]));
    expect(heard.reduce((sum, { ownRows, stepsPerCall }) => sum + ownRows * stepsPerCall, 0)).toBe(3 * STEPS);
    expect(heard.map(({ numRows }) => numRows)).toEqual(observed.map(({ numRows }) => numRows));
    expect(heard).toContainEqual(expect.objectContaining({ numRows: 8, ownRows: 3, numRequests: 2 }));
    let before = submittedAt;
    for (const { startedAt, endedAt } of heard) {
      expect(startedAt).toBeGreaterThanOrEqual(before - 1e-6);
      expect(endedAt).toBeGreaterThan(startedAt);
      before = endedAt;
    }
    expect(before).toBeLessThanOrEqual(host.now() + 1e-6);
    await host.until(engine.close());
  });

  it('that throws is counted, and ends nothing', async () => {
    const { engine, host } = await startVirtual();
    const onMacroStep = (): never => {
      throw new Error('a fault of whoever watches');
    };
    await host.until(engine.submit(tinyRequest({ onMacroStep })));
    expect(engine.stats().observerErrors).toBeGreaterThan(0);
    await host.until(engine.close());
  });
});
