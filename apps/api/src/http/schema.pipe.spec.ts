import { describe, expect, it } from 'vitest';
import { ImportConfig, MAX_ISSUES, SamplingRequest, TrainingRequest } from '#contract';
import { HttpProblem } from './problem.js';
import { parseRequest } from './schema.pipe.js';

function refusal(parse: () => unknown): HttpProblem {
  try {
    parse();
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseRequest', () => {
  const wrong = (length: number) => Array.from({ length }, () => 9);

  it('names 20 wrong fields at most, and says that there are more', () => {
    const body = { model: 'm', dataset: 'd', diffusion: { trainedBetas: wrong(10_000) } };
    const { errors, message } = refusal(() => parseRequest(TrainingRequest, body));
    expect(errors).toHaveLength(MAX_ISSUES);
    const names = Object.fromEntries(wrong(60_000).map((_, i) => [`f${i}`, 1]));
    const unknown = refusal(() => parseRequest(TrainingRequest, { model: 'm', dataset: 'd', ...names }));
    expect(unknown).toMatchObject({ code: 'unknown_field' });
    expect(unknown.errors).toHaveLength(MAX_ISSUES);
    expect(message.length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ['a mask of nines', { mask: wrong(519_000), values: [] }, 'at most 32768 elements'],
    ['a mask of lists', { mask: wrong(260_000).map(() => [9]), values: [] }, 'at most 32768 elements'],
    ['a mask of empty lists', { mask: [1, ...wrong(30_000).map(() => [])], values: [] }, 'got a list of 0'],
  ])('refuses %s in a few words', (_name, fixedActions, words) => {
    const problem = refusal(() => parseRequest(SamplingRequest, { model: 'm', fixedActions }));
    expect(problem.message).toContain(words);
    expect(JSON.stringify(problem.body()).length).toBeLessThan(4_000);
  });

  const trap = { length: { toString: 1 } };
  it.each([
    ['model', SamplingRequest, { model: 'm', model2: trap }],
    ['a text', SamplingRequest, { model: 'm', supersedeKey: trap }],
    ['a list', SamplingRequest, { model: 'm', fixedActions: { mask: trap, values: [1] } }],
    ['an inner list', SamplingRequest, { model: 'm', fixedActions: { mask: [trap], values: [1] } }],
    ['metadata', SamplingRequest, { model: 'm', metadata: { note: trap } }],
    ['betas', TrainingRequest, { model: 'm', dataset: 'd', diffusion: { trainedBetas: trap } }],
    ['a normaliser', ImportConfig, { actionNormalizer: { scale: trap, offset: 0 } }],
  ])('refuses an object whose length cannot be compared, in %s', (_name, schema, body) => {
    const { status } = refusal(() => parseRequest(schema, body));
    expect(status).toBe(422);
  });
});
