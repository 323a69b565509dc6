import { describe, expect, it } from 'vitest';
import { comparedSteps, qualityRequest, QUALITY_ROWS, relativeDistance } from './quality.js';

const version = {
  name: 'tiny',
  version: 3,
  config: { numTrainTimesteps: 20 },
  sampling: { numInferenceSteps: 7 },
};

describe('Quality against steps', () => {
  it('compares the steps that the model has, its own among them, with the most', () => {
    expect(comparedSteps(version)).toEqual([1, 2, 3, 4, 6, 7, 8, 10, 15, 20]);
  });

  it('asks for the same rows with the same noise whatever the steps', () => {
    const [few, many] = [1, 20].map((steps) => qualityRequest(version, [[1], [2]], steps));
    expect({ ...few, numInferenceSteps: 20 }).toEqual(many);
    expect(few).toMatchObject({ eta: 0, samplesPerObservation: QUALITY_ROWS / 2 });
  });

  it('is 0 for the same actions, and 1 for their means', () => {
    const actions = [0, 10, 2, 10, 4, 13];
    expect(relativeDistance(actions, actions, 2)).toBe(0);
    expect(relativeDistance([2, 11, 2, 11, 2, 11], actions, 2)).toBeCloseTo(1);
  });

  it('is a number where no action moves', () => {
    expect(relativeDistance([1, 1], [1, 1], 1)).toBe(0);
  });
});
