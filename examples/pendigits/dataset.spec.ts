import { inspectDataset, readDataset } from '#storage';
import { describe, expect, it } from 'vitest';
import { datasetFile } from './dataset.js';
import { readPenDigits } from './pen-digits.js';

describe('datasetFile', () => {
  const train = readPenDigits('train');
  const file = datasetFile(train);

  it('is a dataset as the service takes it: 7,494 digits, one-hot, with strokes in 0..100', async () => {
    expect(await inspectDataset(file)).toEqual({
      count: 7_494,
      obsSize: 10,
      actionHorizon: 8,
      actionDim: 2,
      observationRange: { min: 0, max: 1 },
      actionRange: { min: 0, max: 100 },
      actionRanges: { min: [0, 0], max: [100, 100] },
      paddedSteps: 0,
      warnings: [],
    });
  });

  it('keeps every stroke beside its digit', async () => {
    const { observations, actions } = await readDataset(file);
    expect(
      Buffer.from(actions.buffer, actions.byteOffset, actions.byteLength).equals(Buffer.from(train.strokes.buffer)),
    ).toBe(true);
    const digits = train.labels.map((_, i) => observations.subarray(i * 10, (i + 1) * 10).indexOf(1));
    expect(Buffer.compare(digits, train.labels)).toBe(0);
    expect(observations.filter((value) => value === 1)).toHaveLength(7_494);
  });
});

describe('readPenDigits', () => {
  it('reads 3,498 digits of the test writers, the first of them an 8', () => {
    const test = readPenDigits('test');
    expect([test.count, test.strokes.length, test.labels.length]).toEqual([3_498, 3_498 * 16, 3_498]);
    expect(test.labels[0]).toBe(8);
    expect([...test.strokes.subarray(0, 16)]).toEqual([88, 92, 2, 99, 16, 66, 94, 37, 70, 0, 0, 24, 42, 65, 100, 100]);
  });
});
