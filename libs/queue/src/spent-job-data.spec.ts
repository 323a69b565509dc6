import { describe, expect, it } from 'vitest';
import { spentJobData } from './spent-job-data.js';
import { decodeTensor, encodeTensor } from './tensor-values.js';

const tensor = (...shape: number[]) =>
  encodeTensor({ shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1) });
const emptied = (...shape: number[]) => ({ shape, dtype: 'float32', data: '' });

describe('the data of a job that has ended', () => {
  it('loses the bytes of every input and nothing else', () => {
    const artifact = { artifact: 'sha256:1' };
    const data = {
      request: {
        model: 'pen@1',
        observations: tensor(4, 32),
        initialNoise: artifact,
        initialActions: tensor(4, 8, 8),
        fixedActions: { mask: [1, 0], values: tensor(1, 8, 8) },
        metadata: { data: 'x'.repeat(5_000) },
      },
      seed: 7,
      warnings: [],
    };
    const before = structuredClone(data);
    expect(JSON.parse(spentJobData(data) ?? '')).toEqual({
      ...data,
      request: {
        ...data.request,
        observations: emptied(4, 32),
        initialActions: emptied(4, 8, 8),
        fixedActions: { mask: [1, 0], values: emptied(1, 8, 8) },
      },
    });
    expect(data).toEqual(before);
  });

  it('cannot be taken for inputs', () => {
    const spent = JSON.parse(spentJobData({ request: { observations: tensor(4, 300) } }) ?? '');
    expect(() => decodeTensor(spent.request.observations, 'observations')).toThrow(
      'observations of shape [4,300] needs 4800 bytes of base64 float32, got 0',
    );
  });

  it.each([
    ['small inputs', { request: { observations: tensor(1, 8) } }],
    ['artifacts', { request: { observations: { artifact: 'sha256:1' } } }],
    ['no inputs', { request: {}, text: 'x'.repeat(5_000) }],
    ['another form', { request: { observations: 'x'.repeat(5_000) } }],
    ['no request', { text: 'x'.repeat(5_000) }],
    ['nothing', null],
  ])('stays as it is with %s', (_what, data) => {
    expect(spentJobData(data)).toBeUndefined();
  });
});
