import { describe, expect, it } from 'vitest';
import type { SamplingDefaults } from '#ddim';
import { CompleteSamplingOptions, resolveSamplingOptions } from './sampling-options.js';
import { SamplingRequest } from './sampling-request.js';
import { admittedSampling, SamplingJobData, StoredSamplingJob } from './sampling-job-data.js';

const defaults: SamplingDefaults = {
  numInferenceSteps: 10,
  timestepSpacing: 'leading',
  stepsOffset: 1,
  eta: 0.25,
  clipSample: true,
  clipSampleRange: 1,
  thresholding: null,
  useClippedModelOutput: false,
};
const others: SamplingDefaults = { ...defaults, numInferenceSteps: 3, eta: 1, timestepSpacing: 'trailing' };

/** What release 0.1 stored of a request. */
function formerJob(fields: object) {
  const { strength: _s, warmStart: _w, ...request } = SamplingRequest.parse({ model: 'm', ...fields });
  const model = { name: 'm', version: 1, sha256: '0'.repeat(64) };
  return { request, model, seed: 1, rows: 1, steps: 10, actionShape: [4, 2], warnings: [] };
}

const requests = [
  {},
  { mode: 'interpolate', samplesPerObservation: 2, numInferenceSteps: 4 },
  { eta: 1, noiseVariance: 'large', guidanceScale: 2, guidanceRescale: 0.5, prevTimestepRule: 'stride' },
  { thresholding: { ratio: 0.9, maxValue: 2 }, useClippedModelOutput: true },
  { compat: 'edifice', clipSample: false, clipSampleRange: 3, timestepSpacing: 'quad' },
];

describe('a stored sampling job', () => {
  it.each(requests)('of the former release has the options that its request and model mean: %j', (fields) => {
    const stored = StoredSamplingJob.parse(JSON.parse(JSON.stringify(formerJob(fields))));
    const { options } = admittedSampling(stored, defaults);
    expect(options).toEqual(resolveSamplingOptions(SamplingRequest.parse({ model: 'm', ...fields }), defaults));
  });

  it.each(requests)('keeps the options that it was admitted with, whatever its model says since: %j', (fields) => {
    const former = formerJob(fields);
    const options = resolveSamplingOptions(SamplingRequest.parse({ model: 'm', ...fields }), defaults);
    const { mode, precision, samplesPerObservation, priority, metadata } = former.request;
    const request = { mode, precision, samplesPerObservation, priority, metadata };
    const text = JSON.stringify({ ...former, request, options } satisfies Omit<SamplingJobData, 'actionShape'>);
    const stored = StoredSamplingJob.parse(JSON.parse(text));
    expect(admittedSampling(stored, others).options).toEqual(options);
  });

  it('has no options that are incomplete', () => {
    const { eta: _eta, ...options } = resolveSamplingOptions(SamplingRequest.parse({ model: 'm' }), defaults);
    expect(CompleteSamplingOptions.safeParse(options).success).toBe(false);
  });
});
