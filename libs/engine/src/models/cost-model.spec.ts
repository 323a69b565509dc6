import { describe, expect, it } from 'vitest';
import { CostModel } from './cost-model.js';

/** Of another proportion than what a model guesses before it has seen anything. */
const truth = (numRows: number): number => 0.6 + 0.02 * numRows;

describe('CostModel', () => {
  it('finds the line that exact samples lie on', () => {
    const model = new CostModel();
    for (const numRows of [1, 16, 64]) model.observe({ numRows, msPerStep: 2 * truth(numRows) });
    expect(model.cost.fixedMs).toBeCloseTo(1.2, 6);
    expect(model.cost.rowMs).toBeCloseTo(0.04, 6);
  });

  it('stays within 5 % of the truth when samples are off by up to 10 %', () => {
    const model = new CostModel();
    let state = 1;
    for (let i = 0; i < 500; i++) {
      state = (state * 48_271) % 2_147_483_647;
      const numRows = [1, 4, 16, 60, 64, 256][i % 6];
      model.observe({ numRows, msPerStep: truth(numRows) * (0.9 + (0.2 * state) / 2_147_483_647) });
    }
    for (const numRows of [1, 8, 64, 256]) expect(model.stepMs(numRows) / truth(numRows)).toBeCloseTo(1, 1);
    expect(Math.abs(model.stepMs(64) / truth(64) - 1)).toBeLessThan(0.05);
  });

  it('does not forget small batches while only large ones run', () => {
    const model = new CostModel();
    for (const numRows of [1, 16]) model.observe({ numRows, msPerStep: truth(numRows) });
    for (let i = 0; i < 1_000; i++) model.observe({ numRows: 250 + (i % 7), msPerStep: truth(250 + (i % 7)) });
    expect(model.stepMs(1)).toBeCloseTo(truth(1), 3);
  });

  it('ignores a sample that something else disturbed, but believes eight in a row', () => {
    const model = new CostModel();
    for (const numRows of [1, 64]) model.observe({ numRows, msPerStep: truth(numRows) });
    for (let i = 0; i < 7; i++) model.observe({ numRows: 64, msPerStep: 50 });
    expect(model.stepMs(64)).toBeCloseTo(truth(64), 6);
    model.observe({ numRows: 64, msPerStep: 50 });
    expect(model.stepMs(64)).toBeCloseTo(50, 6);
  });

  it('splits a single batch size by the usual proportion, and never goes below 0', () => {
    const model = new CostModel();
    model.observe({ numRows: 8, msPerStep: 1 });
    expect(model.stepMs(8)).toBeCloseTo(1, 6);
    expect(model.cost.rowMs).toBeGreaterThan(0);
    model.observe({ numRows: 64, msPerStep: 0.5 });
    expect(model.cost.rowMs).toBeGreaterThanOrEqual(0);
    expect(model.stepMs(1)).toBeGreaterThan(0);
  });

  it('keeps the fastest step of a batch of one, and knows none before there was one', () => {
    const model = new CostModel();
    model.observe({ numRows: 2_048, msPerStep: 100 });
    expect(model.leastAloneMs).toBeUndefined();
    for (const msPerStep of [3, 2, 4]) model.observe({ numRows: 1, msPerStep });
    expect(model.leastAloneMs).toBe(2);
  });

  it('counts noise per noisy row', () => {
    const model = new CostModel();
    for (let i = 0; i < 100; i++) model.observeNoise(0.01);
    expect(model.stepMs(8, 4) - model.stepMs(8)).toBeCloseTo(0.04, 4);
  });
});
