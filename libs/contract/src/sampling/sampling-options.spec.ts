import { describe, expect, it } from 'vitest';
import type { SamplingDefaults } from '#ddim';
import { resolveSamplingOptions } from './sampling-options.js';
import { SamplingRequest } from './sampling-request.js';

const defaults: SamplingDefaults = {
  numInferenceSteps: 10,
  timestepSpacing: 'leading',
  eta: 0,
  clipSample: true,
  clipSampleRange: 1,
  thresholding: null,
  useClippedModelOutput: false,
};
const request = (fields: object) => SamplingRequest.parse({ model: 'm', ...fields });

describe('the options of a sampling request', () => {
  it('are the model’s own where the request says nothing', () => {
    expect(resolveSamplingOptions(request({}), defaults)).toMatchObject({ ...defaults, guidanceScale: 1 });
  });

  it('are the request’s where it says something', () => {
    const options = resolveSamplingOptions(request({ numInferenceSteps: 3, eta: 1 }), defaults);
    expect(options).toMatchObject({ numInferenceSteps: 3, eta: 1, timestepSpacing: 'leading' });
  });

  it('follow Edifice where the model does, unless the request says none or inverts', () => {
    const edifice: SamplingDefaults = { ...defaults, compat: 'edifice' };
    const encode = { mode: 'encode', initialActions: [[[0]]] };
    const compat = (fields: object, of = edifice) => resolveSamplingOptions(request(fields), of).compat;
    expect(compat({})).toBe('edifice');
    expect(compat({ compat: 'edifice' }, defaults)).toBe('edifice');
    expect(compat({ compat: 'none' })).toBeUndefined();
    expect(compat(encode)).toBeUndefined();
    // and is refused, as the request's own fault
    expect(compat({ ...encode, compat: 'edifice' })).toBe('edifice');
  });

  const ddpm: SamplingDefaults = {
    ...defaults,
    eta: 1,
    stepsOffset: 1,
    thresholding: { ratio: 0.9, maxValue: 2 },
    useClippedModelOutput: true,
  };

  it('take over every default that a model can have', () => {
    expect(resolveSamplingOptions(request({}), ddpm)).toMatchObject(ddpm);
  });

  it('leave an offset behind with the spacing that it belongs to', () => {
    expect(resolveSamplingOptions(request({ timestepSpacing: 'trailing' }), ddpm).stepsOffset).toBeUndefined();
    expect(resolveSamplingOptions(request({ timestepSpacing: 'leading' }), ddpm).stepsOffset).toBe(1);
  });

  it.each([{ clipSample: true }, { clipSample: false }, { clipSampleRange: 2 }])(
    'do not threshold where the request says how to clip: %j',
    (fields) => expect(resolveSamplingOptions(request(fields), ddpm).thresholding).toBeNull(),
  );

  it('make no noise and no limit for an inversion, and no noise for a path', () => {
    const encode = request({ mode: 'encode', initialActions: [[[0]]] });
    expect(resolveSamplingOptions(encode, ddpm)).toMatchObject({
      eta: 0,
      clipSample: false,
      thresholding: null,
      useClippedModelOutput: false,
    });
    const path = request({ mode: 'interpolate', samplesPerObservation: 2 });
    expect(resolveSamplingOptions(path, ddpm)).toMatchObject({ eta: 0, thresholding: ddpm.thresholding });
  });

  it('do not clip an inversion unless asked: clipping cannot be inverted', () => {
    const encode = { mode: 'encode', initialActions: [[[0]]] };
    expect(resolveSamplingOptions(request(encode), defaults).clipSample).toBe(false);
    expect(resolveSamplingOptions(request({ ...encode, clipSample: true }), defaults).clipSample).toBe(true);
  });
});

describe('a sampling request', () => {
  it.each([
    ['an unknown field', { colour: 'red' }],
    ['zero steps', { numInferenceSteps: 0 }],
    ['half a step', { numInferenceSteps: 1.5 }],
    ['eta above 1', { eta: 1.1 }],
    ['a seed beyond 2^53 - 1', { seed: 2 ** 53 }],
    ['a negative seed', { seed: -1 }],
    ['a priority that is a number', { priority: 5 }],
    ['a start without actions', { startTimestep: 5 }],
    ['a start with two levels', { startTimestep: 5, strength: 0.5, initialActions: [[[0]]] }],
    ['a strength without actions', { strength: 0.5 }],
    ['a strength of 0', { strength: 0, initialActions: [[[0]]] }],
    [
      'two starts',
      { initialActions: [[[0]]], warmStart: { previousActions: [[[0]]], executedSteps: 0 }, strength: 0.5 },
    ],
    ['a warm start that was never begun', { warmStart: { previousActions: [[[0]]], executedSteps: -1 } }],
    [
      'a warm encode',
      { mode: 'encode', initialActions: [[[0]]], warmStart: { previousActions: [[[0]]], executedSteps: 0 } },
    ],
    ['an encode without actions', { mode: 'encode' }],
    ['a path of one point', { mode: 'interpolate', samplesPerObservation: 1 }],
    [
      'a warm path',
      { mode: 'interpolate', samplesPerObservation: 2, warmStart: { previousActions: [], executedSteps: 0 } },
    ],
    ['a thresholding ratio of 0', { thresholding: { ratio: 0, maxValue: 1 } }],
    ['metadata that is no object', { metadata: 'x' }],
  ])('with %s is refused', (_, fields) => {
    expect(SamplingRequest.safeParse({ model: 'm', ...fields }).success).toBe(false);
  });
});
