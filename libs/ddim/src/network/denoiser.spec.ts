import { describe, expect, it } from 'vitest';
import {
  encodeObservations,
  initialParameters,
  mlpPredict,
  outputSize,
  paramCount,
  parameterShapes,
  timeTable,
  type DenoiserParameters,
  type MlpDenoiserConfig,
} from './denoiser.js';

const config: MlpDenoiserConfig = {
  obsSize: 3,
  actionDim: 2,
  actionHorizon: 2,
  hiddenSize: 6,
  numLayers: 2,
  numTrainTimesteps: 10,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const sizes = (obsSize: number, actionDim: number, actionHorizon: number, hiddenSize: number, numLayers: number) => ({
  ...config,
  obsSize,
  actionDim,
  actionHorizon,
  hiddenSize,
  numLayers,
});
/** Parameters without zeros, so that every bias and every beta acts. */
const params: DenoiserParameters = new Map(
  [...initialParameters(config, 1)].map(([name, values], row) => [
    name,
    values.map((v, i) => v + 0.1 * Math.cos(row + i)),
  ]),
);
const observations = Float32Array.of(0.5, -1, 2, 1, 0, -0.3);
const x = Float32Array.of(0.1, -0.4, 2, -1);

describe('the parameters of the network', () => {
  it.each([
    ['the small golden model', sizes(16, 4, 2, 16, 1), 3224],
    ['the medium golden model', sizes(24, 6, 4, 32, 2), 21_272],
  ])('count exactly: %s', (_, model, count) => {
    expect(paramCount(model)).toBe(count);
    const stored = [...initialParameters(model, 0).values()].reduce((sum, values) => sum + values.length, 0);
    expect(stored).toBe(count);
  });

  it("exceed Edifice's approximate count by the biases and norms", () => {
    const { obsSize: O, hiddenSize: H, numLayers: L } = config;
    const D = outputSize(config);
    expect(paramCount(config)).toBe((D + 2 * H) * H + 8 * L * H ** 2 + H * D + O * H + 2 * H + 7 * L * H + D);
  });

  it("are named and ordered as Edifice's layers", () => {
    const shapes = parameterShapes(sizes(3, 2, 2, 6, 1)).map(({ name, shape }) => `${name} ${shape.join('x')}`);
    expect(shapes).toEqual([
      'obs_embed.kernel 3x6',
      'obs_embed.bias 6',
      'denoiser_in.kernel 16x6',
      'denoiser_in.bias 6',
      'denoiser_block_1_norm.gamma 6',
      'denoiser_block_1_norm.beta 6',
      'denoiser_block_1_up.kernel 6x24',
      'denoiser_block_1_up.bias 24',
      'denoiser_block_1_down.kernel 24x6',
      'denoiser_block_1_down.bias 6',
      'noise_out.kernel 6x4',
      'noise_out.bias 4',
    ]);
  });

  it('start Glorot-uniform, zero or one, as a function of the seed', () => {
    const initial = initialParameters(config, 7);
    const kernel = [...(initial.get('denoiser_block_1_up.kernel') ?? [])];
    const limit = Math.sqrt(6 / 30);
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(limit);
    const variance = kernel.reduce((sum, value) => sum + value ** 2, 0) / kernel.length;
    expect(variance / (limit ** 2 / 3)).toBeCloseTo(1, 0);
    expect(initial.get('noise_out.bias')).toEqual(new Float32Array(4));
    expect(initial.get('denoiser_block_2_norm.gamma')).toEqual(new Float32Array(6).fill(1));
    expect(initialParameters(config, 7)).toEqual(initial);
    expect(initialParameters(config, 8)).not.toEqual(initial);
  });
});

describe('the network', () => {
  it('equals the unhoisted formula', () => {
    const [condition] = rowsOf(encodeObservations(config, params, observations), 6);
    const F = mlpPredict(config, params)(x, 7, condition);
    const expected = unhoisted(x, 7, [...observations.subarray(0, 3)]);
    for (const [i, value] of F.entries()) expect(value).toBeCloseTo(expected[i], 5);
  });

  it('equals the hoisted parts added up', () => {
    const table = timeTable(config, params);
    const predict = mlpPredict(config, params);
    const condition = Float32Array.from({ length: 6 }, (_, i) => Math.sin(i));
    const moved = condition.map((value, i) => value + table[7 * 6 + i] - table[3 * 6 + i]);
    const [direct, shifted] = [predict(x, 7, condition), predict(x, 3, moved)];
    for (const [i, value] of direct.entries()) expect(value).toBeCloseTo(shifted[i], 5);
  });

  it('encodes each observation by itself, and nothing as the null condition', () => {
    const both = rowsOf(encodeObservations(config, params, observations), 6);
    expect(both[1]).toEqual(encodeObservations(config, params, observations.subarray(3)));
    expect(encodeObservations(config, params, null)).toEqual(params.get('denoiser_in.bias'));
  });

  it('needs no observations when obsSize is 0', () => {
    const free = { ...config, obsSize: 0 };
    expect(encodeObservations(free, initialParameters(free, 1), new Float32Array(0))).toEqual(new Float32Array(6));
  });

  it('names the parameter that is missing or misshapen, and the observations that do not fit', () => {
    const missing = new Map([...params].filter(([name]) => name !== 'noise_out.bias'));
    const misshapen = new Map([...params, ['obs_embed.kernel', new Float32Array(5)] as const]);
    for (const [broken, field] of [
      [missing, 'noise_out.bias'],
      [misshapen, 'obs_embed.kernel'],
    ] as const)
      expect(() => mlpPredict(config, broken)).toThrow(expect.objectContaining({ code: 'shape_mismatch', field }));
    expect(() => encodeObservations(config, params, new Float32Array(4))).toThrow(
      expect.objectContaining({ code: 'shape_mismatch', field: 'observations' }),
    );
  });
});

function rowsOf(array: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: array.length / size }, (_, row) => array.slice(row * size, (row + 1) * size));
}

/** The network written from its definition: one concatenated input, no split, plain arrays. */
function unhoisted(actions: Float32Array, t: number, observation: readonly number[]): number[] {
  const n = config.hiddenSize / 2;
  const angles = Array.from({ length: n }, (_, i) => (t / config.numTrainTimesteps) * 10_000 ** (i / (n - 1)));
  const rounded = angles.map((angle) => Math.fround(angle));
  const input = [...actions, ...rounded.map(Math.sin), ...rounded.map(Math.cos), ...denseOf('obs_embed', observation)];
  let h = denseOf('denoiser_in', input).map(silu);
  for (const block of ['denoiser_block_1', 'denoiser_block_2']) {
    const mean = h.reduce((sum, v) => sum + v, 0) / h.length;
    const variance = h.reduce((sum, v) => sum + (v - mean) ** 2, 0) / h.length;
    const [gamma, beta] = [tensor(`${block}_norm.gamma`), tensor(`${block}_norm.beta`)];
    const normed = h.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gamma[i] + beta[i]);
    const down = denseOf(`${block}_down`, denseOf(`${block}_up`, normed).map(silu));
    h = h.map((v, i) => v + down[i]);
  }
  return denseOf('noise_out', h);
}

function denseOf(layer: string, input: readonly number[]): number[] {
  const [kernel, bias] = [tensor(`${layer}.kernel`), tensor(`${layer}.bias`)];
  return [...bias].map((b, j) => input.reduce((sum, value, i) => sum + value * kernel[i * bias.length + j], b));
}

function tensor(name: string): Float32Array {
  return params.get(name) ?? new Float32Array(0);
}

function silu(value: number): number {
  return value / (1 + Math.exp(-value));
}
