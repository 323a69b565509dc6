import { describe, expect, it } from 'vitest';
import type { JobEvent, TrainingMetricsEvent } from '#jobs';
import { metricsHistory } from './metrics-history.js';

const started = (attempt: number): JobEvent => ({ type: 'started', attempt, worker: 'w', warnings: [] });
const point = (step: number, stepsPerSecond: number): TrainingMetricsEvent => ({
  type: 'metrics',
  step,
  totalSteps: 50,
  loss: 1 / step,
  learningRate: 1e-4,
  gradNorm: 1,
  stepsPerSecond,
  validationLoss: null,
  skippedUpdates: 0,
});

/** The first attempt dies after step 30; the second goes on from a checkpoint of step 15. */
const events = [
  started(1),
  ...[10, 20, 30].map((step) => point(step, 1)),
  started(2),
  ...[20, 30, 40, 50].map((step) => point(step, 2)),
];

describe('metricsHistory', () => {
  it('has every step once, in order, as the last attempt told it', () => {
    expect(metricsHistory(events, 0)).toEqual([point(10, 1), ...[20, 30, 40, 50].map((step) => point(step, 2))]);
  });

  it('stays in order where the oldest events of a long run are gone', () => {
    const steps = metricsHistory(events.slice(3), 0).map(({ step, stepsPerSecond }) => [step, stepsPerSecond]);
    expect(steps).toEqual([20, 30, 40, 50].map((step) => [step, 2]));
  });

  it('leaves out the steps up to `after`', () => {
    expect(metricsHistory(events, 30).map(({ step }) => step)).toEqual([40, 50]);
    expect(metricsHistory(events, 50)).toEqual([]);
  });
});
