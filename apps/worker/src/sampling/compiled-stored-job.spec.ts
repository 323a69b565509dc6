import { describe, expect, it } from 'vitest';
import { StoredSamplingJob } from '#contract';
import { encodeTensor } from '#queue';
import { CompiledStoredJob } from './compiled-stored-job.js';

const sha256 = 'a'.repeat(64);
const tensor = encodeTensor({ shape: [1, 2], data: new Float32Array(2) });
const admitted = {
  model: { name: 'pusht', version: 3, sha256 },
  seed: 7,
  rows: 1,
  steps: 10,
  actionShape: [16, 2],
  warnings: [{ code: 'few_steps', message: 'few' }],
};
const request = { mode: 'sample', samplesPerObservation: 1, priority: 'normal', metadata: { robot: 'r1' } };
const options = {
  numInferenceSteps: 10,
  timestepSpacing: 'leading',
  eta: 0,
  clipSample: true,
  clipSampleRange: 1,
  thresholding: { ratio: 0.9, maxValue: 1 },
  useClippedModelOutput: false,
  guidanceScale: 1,
  guidanceRescale: 0,
};
const ofRelease01 = {
  ...admitted,
  request: { ...request, model: 'pusht', numInferenceSteps: 10, observations: tensor },
};
const filled = {
  ...request,
  observations: tensor,
  initialNoise: { artifact: `art_${sha256}` },
  fixedActions: { mask: [0, 1], values: tensor },
  realTimeChunking: { previousActions: tensor, delaySteps: 1, executionHorizon: 4, schedule: 'exp', maxWeight: 5 },
};
const valid = [{ ...admitted, options, request: filled }, { ...admitted, options, request }, ofRelease01];

const STRANGE = [undefined, null, '', 'x', -1, 0, 1.5, 1e300, true, {}, [], ['x'], { artifact: 'x' }];

/** The value with each of its parts in turn left out, replaced, or beside an unknown one. */
function* spoiled(value: unknown): Generator {
  yield* STRANGE;
  if (Array.isArray(value)) {
    yield [...value, 'more'];
    for (const [i, part] of value.entries()) for (const other of spoiled(part)) yield value.with(i, other);
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unknown: 1 };
    for (const [name, part] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([own]) => own !== name));
      for (const other of spoiled(part)) yield { ...value, [name]: other };
    }
  }
}

describe('What is stored of a sampling job', () => {
  it.each(valid)('is read by the compiled schema', (job) => {
    expect(CompiledStoredJob.parse(job)).toEqual(StoredSamplingJob.parse(job));
  });

  it('is taken or refused by the compiled schema as by the schema itself, in the same words', () => {
    const answers = { taken: 0, refused: 0 };
    for (const job of valid.flatMap((each) => [...spoiled(each)])) {
      const [own, compiled] = [StoredSamplingJob.safeParse(job), CompiledStoredJob.safeParse(job)];
      expect([compiled.success, compiled.data, compiled.error?.message]).toEqual([
        own.success,
        own.data,
        own.error?.message,
      ]);
      answers[own.success ? 'taken' : 'refused'] += 1;
    }
    expect(answers.taken).toBeGreaterThan(50);
    expect(answers.refused).toBeGreaterThan(500);
  });
});
