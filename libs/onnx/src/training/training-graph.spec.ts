import { describe, expect, it } from 'vitest';
import {
  LOSS_WEIGHTS,
  outputSize,
  parameterShapes,
  targetWeights,
  type DenoiserParameters,
  type LossWeighting,
  type MlpDenoiserConfig,
  timeEmbedding,
} from '#ddim';
import type { TrainBatch, TrainState } from '#training';
import { graphGradients, norm, relativeDistance } from '../../testing/graph-gradients.js';
import {
  adamBetas,
  adamEpsilon,
  B,
  base,
  batchOf,
  freshState,
  lossCases,
  normals,
  someParameters,
} from '../../testing/train-batches.js';
import { createTrainBackend } from './train-backend.js';

type Doubles = ReadonlyMap<string, Float64Array>;

function take(params: Doubles, name: string): Float64Array {
  const values = params.get(name);
  if (!values) throw new Error(`no ${name}`);
  return values;
}

function dense(params: Doubles, name: string, x: readonly number[]): number[] {
  const kernel = take(params, `${name}.kernel`);
  const bias = take(params, `${name}.bias`);
  return Array.from(bias, (value, j) => x.reduce((sum, input, i) => sum + input * kernel[i * bias.length + j], value));
}

const silu = (values: readonly number[]) => values.map((value) => value / (1 + Math.exp(-value)));

function layerNorm(params: Doubles, name: string, h: readonly number[]): number[] {
  const mean = h.reduce((sum, value) => sum + value, 0) / h.length;
  const variance = h.reduce((sum, value) => sum + (value - mean) ** 2, 0) / h.length;
  const gamma = take(params, `${name}.gamma`);
  const beta = take(params, `${name}.beta`);
  return h.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gamma[i] + beta[i]);
}

/** The loss of a batch in float64, formula by formula. */
function referenceLoss(
  config: MlpDenoiserConfig,
  lossWeighting: LossWeighting,
  params: Doubles,
  batch: TrainBatch,
): number {
  const D = outputSize(config);
  const { hiddenSize: H, obsSize: O, numTrainTimesteps: T } = config;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < B; row++) {
    const alphaBar = batch.alphaBars[row];
    const x0 = Array.from(batch.actions.subarray(row * D, (row + 1) * D));
    const eps = Array.from(batch.noise.subarray(row * D, (row + 1) * D));
    const x = x0.map((value, i) => Math.sqrt(alphaBar) * value + Math.sqrt(1 - alphaBar) * eps[i]);
    const observation = Array.from(batch.observations.subarray(row * O, (row + 1) * O));
    const o = O > 0 ? dense(params, 'obs_embed', observation) : Array.from({ length: H }, () => 0);
    const kept = o.map((value) => value * batch.conditionKeep[row]);
    let h = silu(dense(params, 'denoiser_in', [...x, ...timeEmbedding(batch.timesteps[row], T, H), ...kept]));
    for (let i = 1; i <= config.numLayers; i++) {
      const normed = layerNorm(params, `denoiser_block_${i}_norm`, h);
      const change = dense(params, `denoiser_block_${i}_down`, silu(dense(params, `denoiser_block_${i}_up`, normed)));
      h = h.map((value, j) => value + change[j]);
    }
    const F = dense(params, 'noise_out', h);
    const [ofX0, ofEps] = targetWeights(config, alphaBar);
    const weight = LOSS_WEIGHTS[lossWeighting]?.(config.predictionType, alphaBar) ?? 1;
    for (let i = 0; i < D; i++) {
      const counts = batch.lossMask?.[row * D + i] ?? 1;
      sum += counts * weight * (F[i] - ofX0 * x0[i] - ofEps * eps[i]) ** 2;
      count += counts;
    }
  }
  return sum / count;
}

const doubles = (params: DenoiserParameters): Doubles =>
  new Map(Array.from(params, ([name, values]) => [name, Float64Array.from(values)]));

/** Central differences of referenceLoss by every single parameter. */
function differences(config: MlpDenoiserConfig, weighting: LossWeighting, batch: TrainBatch): Doubles {
  const params = doubles(someParameters(config));
  const step = 1e-4;
  return new Map(
    Array.from(params, ([name, values]) => {
      const at = (i: number, value: number) => {
        const kept = values[i];
        values[i] = value;
        const loss = referenceLoss(config, weighting, params, batch);
        values[i] = kept;
        return loss;
      };
      return [name, values.map((value, i) => (at(i, value + step) - at(i, value - step)) / (2 * step))];
    }),
  );
}

describe('the training graph', () => {
  it.each(lossCases)(
    'has the loss and the gradient of every tensor that differences give, for %s',
    async (_, form, weighting, rows) => {
      const config = { ...base, ...form };
      const batch = batchOf(config, rows);
      const { loss, gradients } = await graphGradients(config, weighting, batch);
      expect(loss).toBeCloseTo(referenceLoss(config, weighting, doubles(someParameters(config)), batch), 5);
      const expected = differences(config, weighting, batch);
      for (const [name, values] of gradients)
        expect(relativeDistance(values, take(expected, name)), name).toBeLessThan(1e-4);
      const trained = parameterShapes(config).filter(({ name }) => config.obsSize > 0 || !name.startsWith('obs_embed'));
      expect([...gradients.keys()].sort()).toEqual(trained.map(({ name }) => name).sort());
    },
  );
});

describe('an update', () => {
  /**
   * Clip, AdamW and EMA in float64 on the graph's own gradients, which the tests above hold to differences.
   */
  function referenceUpdate(batch: TrainBatch, state: TrainState, gradients: DenoiserParameters) {
    const { update, learningRate, weightDecay, gradClipNorm, emaDecay } = batch.optimiser;
    const [beta1, beta2] = adamBetas;
    const N = norm([...gradients.values()].flatMap((values) => [...values]));
    const clip = gradClipNorm === 0 ? 1 : Math.min(1, gradClipNorm / (N + 1e-6));
    const next = Array.from(gradients, ([name, gradient]) => {
      const of = (part: DenoiserParameters) => Float64Array.from(part.get(name) ?? []);
      // The state holds m/(1 - β1) and v/(1 - β2).
      const m = of(state.firstMoments).map((M, i) => beta1 * M * (1 - beta1) + (1 - beta1) * clip * gradient[i]);
      const v = of(state.secondMoments).map(
        (V, i) => beta2 * V * (1 - beta2) + (1 - beta2) * (clip * gradient[i]) ** 2,
      );
      const decay = name.endsWith('.kernel') ? 1 - learningRate * weightDecay : 1;
      const w = of(state.parameters).map((value, i) => {
        const mHat = m[i] / (1 - beta1 ** update);
        const vHat = v[i] / (1 - beta2 ** update);
        return decay * value - (learningRate * mHat) / (Math.sqrt(vHat) + adamEpsilon);
      });
      const ema = of(state.ema).map((value, i) => emaDecay * value + (1 - emaDecay) * w[i]);
      return { name, m: m.map((x) => x / (1 - beta1)), v: v.map((x) => x / (1 - beta2)), w, ema };
    });
    return { N, next };
  }

  async function trainerOf(state: TrainState, config = base) {
    const backend = await createTrainBackend({ providers: ['cpu'] });
    return {
      backend,
      trainer: await backend.load({ config, lossWeighting: 'none', adamBetas, adamEpsilon, state }),
    };
  }

  it.each([
    ['without clipping', 0],
    ['with a norm that clips', 0.05],
    ['with a norm that does not', 1e6],
  ])('moves parameters, moments and average as AdamW does in float64, %s', async (_, gradClipNorm) => {
    const parameters = someParameters(base);
    const { backend, trainer } = await trainerOf(freshState(parameters));
    let state = freshState(parameters);
    for (const update of [1, 2, 3]) {
      const optimiser = { update, learningRate: 0.01, weightDecay: 0.1, gradClipNorm, emaDecay: (update - 1) / 4 };
      const batch = batchOf(base, { optimiser, noise: normals(B * 6, 40 + update) });
      const { gradients } = await graphGradients(base, 'none', batch, state.parameters);
      const { N, next } = referenceUpdate(batch, state, gradients);
      const result = await trainer.trainStep(batch);
      expect(result.applied).toBe(true);
      expect(Math.abs(result.gradNorm / N - 1)).toBeLessThan(1e-5);
      state = await trainer.readState();
      for (const { name, m, v, w, ema } of next) {
        expect(relativeDistance(take32(state.firstMoments, name), m), name).toBeLessThan(1e-5);
        expect(relativeDistance(take32(state.secondMoments, name), v), name).toBeLessThan(1e-5);
        expect(relativeDistance(take32(state.parameters, name), w), name).toBeLessThan(1e-6);
        expect(relativeDistance(take32(state.ema, name), ema), name).toBeLessThan(1e-6);
      }
      if (update === 1) expect(state.ema).toEqual(state.parameters);
    }
    await backend.close();
  });

  it.each([
    ['loss', { noise: normals(B * 6, 3).map((value, i) => (i === 7 ? Number.NaN : value)) }],
    ['gradient norm', { actions: normals(B * 6, 1).map((value) => value * 1e15) }],
    ['loss (nothing counts)', { lossMask: new Float32Array(B * 6) }],
  ])('changes nothing when its %s is not finite', async (_, broken) => {
    const { backend, trainer } = await trainerOf(freshState(someParameters(base)), {
      ...base,
      predictionType: 'sample',
    });
    await trainer.trainStep(batchOf(base));
    const before = await trainer.readState();
    const result = await trainer.trainStep(batchOf(base, broken));
    expect(result.applied).toBe(false);
    expect(Number.isFinite(result.loss) && Number.isFinite(result.gradNorm)).toBe(false);
    expect(await trainer.readState()).toEqual(before);
    expect((await trainer.trainStep(batchOf(base))).applied).toBe(true);
    await backend.close();
  });

  it('goes on from what readState gave with the same bytes', async () => {
    const { backend, trainer } = await trainerOf(freshState(someParameters(base)));
    await trainer.trainStep(batchOf(base));
    const resumed = await trainerOf(await trainer.readState());
    const batch = batchOf(base, { optimiser: { ...batchOf(base).optimiser, update: 2, emaDecay: 0.4 } });
    const results = [await trainer.trainStep(batch), await resumed.trainer.trainStep(batch)];
    expect(results[0]).toEqual(results[1]);
    expect(await resumed.trainer.readState()).toEqual(await trainer.readState());
    await backend.close();
    await resumed.backend.close();
  });

  it('is followed by an evaluation of the averaged weights, not of the present ones', async () => {
    const { backend, trainer } = await trainerOf(freshState(someParameters(base)));
    await trainer.trainStep(
      batchOf(base, { optimiser: { ...batchOf(base).optimiser, learningRate: 0.1, emaDecay: 0.5 } }),
    );
    const { ema } = await trainer.readState();
    const expected = referenceLoss(base, 'none', doubles(ema), batchOf(base));
    expect(await trainer.evaluate(batchOf(base))).toBeCloseTo(expected, 5);
    await backend.close();
  });
});

function take32(params: DenoiserParameters, name: string): Float32Array {
  const values = params.get(name);
  if (!values) throw new Error(`no ${name}`);
  return values;
}
