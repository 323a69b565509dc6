import { describe, expect, it } from 'vitest';
import { bf16Predict, roundToBf16 } from './bf16.js';
import { encodeObservations, initialParameters, mlpPredict, type MlpDenoiserConfig } from './denoiser.js';

const config: MlpDenoiserConfig = {
  obsSize: 3,
  actionDim: 2,
  actionHorizon: 2,
  hiddenSize: 16,
  numLayers: 2,
  numTrainTimesteps: 20,
  predictionType: 'epsilon',
  preconditioning: 'none',
};

describe('roundToBf16', () => {
  it.each([
    ['a number that bf16 has', 1.5, 1.5],
    ['a number above the middle', 1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
    ['the middle, to the even one below', 1 + 2 ** -8, 1],
    ['the middle, to the even one above', 1 + 3 * 2 ** -8, 1 + 2 ** -6],
    ['a negative number', -1 - 3 * 2 ** -8, -1 - 2 ** -6],
    ['the largest float32', 3.4028234663852886e38, Infinity],
    ['infinity', -Infinity, -Infinity],
    ['NaN', NaN, NaN],
    ['NaN with every bit set', new Float32Array(Uint32Array.of(2 ** 32 - 1).buffer)[0], NaN],
  ])('rounds %s', (_, value, rounded) => {
    expect(roundToBf16(value)).toBe(rounded);
  });
});

describe('bf16Predict', () => {
  it('is the exact network, apart from what bf16 loses', () => {
    const parameters = initialParameters(config, 1);
    const condition = encodeObservations(config, parameters, null);
    const x = Float32Array.of(0.3, -1.1, 0.7, 0.05);
    const exact = mlpPredict(config, parameters)(x, 7, condition);
    const F = bf16Predict(config, parameters)(x, 7, condition);
    const error = Math.max(...F.map((value, i) => Math.abs(value - exact[i])));
    expect(error).toBeGreaterThan(1e-4);
    expect(error).toBeLessThan(2e-2);
  });

  it('rounds nothing that is not part of a product of a step', () => {
    const parameters = new Map(initialParameters(config, 1));
    const rounded = new Map(parameters);
    for (const [name, values] of parameters) if (name.endsWith('.kernel')) rounded.set(name, values.map(roundToBf16));
    rounded.set('denoiser_in.kernel', parameters.get('denoiser_in.kernel') ?? new Float32Array());
    const [x, condition] = [new Float32Array(4), new Float32Array(16).fill(1 + 2 ** -12)];
    // x is zero: the rows that see it do not count
    const F = bf16Predict(config, parameters)(x, 7, condition);
    expect(F).toEqual(bf16Predict(config, rounded)(x, 7, condition));
    rounded.set('denoiser_in.kernel', (parameters.get('denoiser_in.kernel') ?? new Float32Array()).map(roundToBf16));
    expect(F).not.toEqual(bf16Predict(config, rounded)(x, 7, condition));
  });

  it('rounds what the first product and the last one read', () => {
    const parameters = new Map(initialParameters(config, 1));
    const onlyReads = new Float32Array(16 * 4).map((_, i) => (Math.floor(i / 4) === i % 4 ? 1 : 0));
    parameters.set('noise_out.kernel', onlyReads);
    const predict = bf16Predict(config, parameters);
    const condition = encodeObservations(config, parameters, null);
    const x = Float32Array.of(0.3, -1.1, 0.7, 0.05);
    const F = predict(x, 7, condition);
    expect(F).toEqual(predict(x.map(roundToBf16), 7, condition));
    expect(F).toEqual(F.map(roundToBf16));
  });
});
