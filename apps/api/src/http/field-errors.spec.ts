import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SamplingRequest, TrainingRequest } from '#contract';
import { fieldErrors } from './field-errors.js';

function errorsOf(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value, { reportInput: true });
  return (error?.issues ?? []).flatMap((issue) => fieldErrors(schema, issue));
}
const sampling = (change: object) => errorsOf(SamplingRequest, { model: 'tiny', ...change });
const training = (change: object) => errorsOf(TrainingRequest, { model: 'tiny', dataset: 'd', training: change });

describe('the errors of a refused body', () => {
  it.each([
    [{ numInferenceSteps: 1.5 }, 'numInferenceSteps', 'expected an integer in 1..10000, got 1.5'],
    [{ numInferenceSteps: '50' }, 'numInferenceSteps', 'expected an integer in 1..10000, got "50"'],
    [{ eta: -0.1 }, 'eta', 'expected a number in 0..1, got -0.1'],
    [{ eta: Infinity }, 'eta', 'expected a number in 0..1, got Infinity'],
    [{ clipSampleRange: 0 }, 'clipSampleRange', 'expected a number above 0, at most 1000000, got 0'],
    [{ seed: -1 }, 'seed', 'expected an integer in 0..9007199254740991, got -1'],
    [{ thresholding: { ratio: 2, maxValue: 1 } }, 'thresholding.ratio', 'expected a number above 0, at most 1, got 2'],
    [{ clipSample: [1, 2] }, 'clipSample', 'expected boolean, got a list of 2'],
    [{ model: undefined }, 'model', 'expected string, got nothing'],
    [{ mode: 'paint' }, 'mode', 'expected one of "sample"|"encode"|"interpolate", got "paint"'],
    [{ thresholding: 0.9 }, 'thresholding', 'expected object, got 0.9'],
  ])('name the range of a field and what came: %j', (change, path, message) => {
    expect(sampling(change)).toEqual([{ path, message }]);
  });

  it('name a number inside another object', () => {
    expect(training({ learningRate: -1 })).toEqual([
      { path: 'training.learningRate', message: 'expected a number above 0, at most 10, got -1' },
    ]);
    expect(training({ adamBetas: [0.9, 1] })).toEqual([
      { path: 'training.adamBetas.1', message: 'expected number to be <1, got 1' },
    ]);
  });

  it.each([
    [{ observations: 5 }, 'observations', 'expected array or object, got 5'],
    [
      { observations: {} },
      'observations',
      'expected array or object with shape or object with artifact, got an object',
    ],
    [
      { observations: { shape: [1, 3], dtype: 'float64', data: '' } },
      'observations.dtype',
      'expected "float32", got "float64"',
    ],
    [{ fixedActions: { mask: [1, 2], values: [] } }, 'fixedActions.mask.1', 'expected one of true|false|0|1, got 2'],
    [
      { fixedActions: { mask: [[1], [2]], values: [] } },
      'fixedActions.mask.1.0',
      'expected one of true|false|0|1, got 2',
    ],
  ])('name the place inside a field of several forms: %j', (change, path, message) => {
    expect(sampling(change)).toEqual([{ path, message }]);
  });

  it('give neither free text back nor a large value', () => {
    const secret = 's3cret'.repeat(100);
    const errors = [
      ...sampling({ supersedeKey: secret, webhook: { url: secret.repeat(4) }, observations: [[1]] }),
      ...sampling({ eta: 'x'.repeat(1e6), metadata: { a: [secret], b: secret.repeat(10) } }),
    ];
    const text = JSON.stringify(errors);
    expect(text).not.toContain('s3cret');
    expect(text.length).toBeLessThan(600);
    expect(errors).toContainEqual({
      path: 'supersedeKey',
      message: 'expected string to have <=128 characters, got 600',
    });
  });
});
