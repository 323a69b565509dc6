import { describe, expect, it } from 'vitest';
import { presets } from '#ddim';
import { resolveTrainingConfig } from './training-config.js';
import { StoredTrainingJob, type TrainingJobData } from './training-job-data.js';
import { TrainingRequest } from './training-request.js';

const sizes = { obsSize: 3, actionHorizon: 4, actionDim: 2 };
const dataset = { name: 'd', sha256: '0'.repeat(64) };
const initFrom = { name: 'm', version: 2, sha256: '1'.repeat(64) };

const requests = [
  {},
  { preset: 'edifice', training: { seed: 5, steps: 7 } },
  { network: { preconditioning: 'edm', sigmaSkip: 0.5 }, diffusion: { predictionType: 'sample', compat: 'edifice' } },
  { diffusion: { trainedBetas: [0.1, 0.2], thresholding: { ratio: 0.9, maxValue: 2 }, eta: 1, stepsOffset: 1 } },
];

/** As Redis gives back what was stored. */
const read = (data: object) => StoredTrainingJob.parse(JSON.parse(JSON.stringify(data)));

describe('a stored training job', () => {
  it.each(requests)('of the former release has the settings that its request means: %j', (fields) => {
    const request = TrainingRequest.parse({ model: 'm', dataset: 'd', metadata: { robot: 'a' }, ...fields });
    const steps = request.training.steps ?? presets[request.preset].training.steps;
    const former = { request, dataset: { ...dataset, ...sizes }, initFrom, seed: 1, steps, warnings: [] };
    const config = resolveTrainingConfig(request, sizes);
    expect(read(former)).toEqual({ model: 'm', dataset, config, metadata: { robot: 'a' }, initFrom, warnings: [] });
  });

  it.each(requests)('keeps every setting that it was admitted with: %j', (fields) => {
    const config = resolveTrainingConfig(TrainingRequest.parse({ model: 'm', dataset: 'd', ...fields }), sizes);
    const admitted: TrainingJobData = { model: 'm', dataset, config, metadata: {}, warnings: [] };
    expect(read(admitted)).toEqual(admitted);
  });

  it('has no settings that are incomplete', () => {
    const { training, ...config } = resolveTrainingConfig(TrainingRequest.parse({ model: 'm', dataset: 'd' }), sizes);
    const { seed: _seed, ...incomplete } = training;
    const data = { model: 'm', dataset, config: { ...config, training: incomplete }, metadata: {}, warnings: [] };
    expect(StoredTrainingJob.safeParse(data).success).toBe(false);
  });
});
