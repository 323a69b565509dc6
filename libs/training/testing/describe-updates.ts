import { describe, expect, it } from 'vitest';
import type { DenoiserParameters } from '#ddim';
import type { LoadedTrainer, TrainBackend, TrainBatch, TrainState } from '../src/train-backend.js';
import { doubles, referenceLoss } from './reference-loss.js';
import { norm, relativeDistance } from './relative-distance.js';
import { adamBetas, adamEpsilon, B, base, batchOf, freshState, normals, someParameters } from './train-batches.js';

/** Clip, AdamW and EMA in float64 along these gradients. */
function referenceUpdate(batch: TrainBatch, state: TrainState, gradients: DenoiserParameters) {
  const { update, learningRate, weightDecay, gradClipNorm, emaDecay } = batch.optimiser;
  const [beta1, beta2] = adamBetas;
  const N = norm([...gradients.values()].flatMap((gradient) => [...gradient]));
  const clip = gradClipNorm === 0 ? 1 : Math.min(1, gradClipNorm / (N + 1e-6));
  const next = Array.from(gradients, ([name, gradient]) => {
    const of = (part: DenoiserParameters) => Float64Array.from(part.get(name) ?? []);
    // The state holds m/(1 - β1) and v/(1 - β2).
    const m = of(state.firstMoments).map((M, i) => beta1 * M * (1 - beta1) + (1 - beta1) * clip * gradient[i]);
    const v = of(state.secondMoments).map((V, i) => beta2 * V * (1 - beta2) + (1 - beta2) * (clip * gradient[i]) ** 2);
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

function values(params: DenoiserParameters, name: string): Float32Array {
  const found = params.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/**
 * The laws of an update, for any backend that trains; what its gradients are is proven elsewhere.
 * @param backend asked for in every test: whoever calls this opens and closes it
 */
export function describeUpdates(backend: () => TrainBackend): void {
  describe('an update', () => {
    function load(state: TrainState, config = base): Promise<LoadedTrainer> {
      return backend().load({ config, lossWeighting: 'none', adamBetas, adamEpsilon, state });
    }

    /** The first moments of a first update that does not clip. */
    async function gradientsAt(parameters: DenoiserParameters, batch: TrainBatch): Promise<DenoiserParameters> {
      const trainer = await load(freshState(parameters));
      await trainer.trainStep({ ...batch, optimiser: { ...batch.optimiser, update: 1, gradClipNorm: 0 } });
      const { firstMoments } = await trainer.readState();
      await trainer.dispose();
      return firstMoments;
    }

    it.each([
      ['without clipping', 0],
      ['with a norm that clips', 0.05],
      ['with a norm that does not', 1e6],
    ])('moves parameters, moments and average as AdamW does in float64, %s', async (_, gradClipNorm) => {
      const parameters = someParameters(base);
      const trainer = await load(freshState(parameters));
      let state = freshState(parameters);
      for (const update of [1, 2, 3]) {
        const optimiser = { update, learningRate: 0.01, weightDecay: 0.1, gradClipNorm, emaDecay: (update - 1) / 4 };
        const batch = batchOf(base, { optimiser, noise: normals(B * 6, 40 + update) });
        const { N, next } = referenceUpdate(batch, state, await gradientsAt(state.parameters, batch));
        const result = await trainer.trainStep(batch);
        expect(result.applied).toBe(true);
        expect(Math.abs(result.gradNorm / N - 1)).toBeLessThan(1e-5);
        state = await trainer.readState();
        for (const { name, m, v, w, ema } of next) {
          expect(relativeDistance(values(state.firstMoments, name), m), name).toBeLessThan(1e-5);
          expect(relativeDistance(values(state.secondMoments, name), v), name).toBeLessThan(1e-5);
          expect(relativeDistance(values(state.parameters, name), w), name).toBeLessThan(1e-6);
          expect(relativeDistance(values(state.ema, name), ema), name).toBeLessThan(1e-6);
        }
        if (update === 1) expect(state.ema).toEqual(state.parameters);
      }
      await trainer.dispose();
    });

    it.each([
      ['loss', { noise: normals(B * 6, 3).map((value, i) => (i === 7 ? Number.NaN : value)) }],
      ['gradient norm', { actions: normals(B * 6, 1).map((value) => value * 1e15) }],
      ['loss (nothing counts)', { lossMask: new Float32Array(B * 6) }],
    ])('changes nothing when its %s is not finite', async (_, broken) => {
      const trainer = await load(freshState(someParameters(base)), { ...base, predictionType: 'sample' });
      await trainer.trainStep(batchOf(base));
      const before = await trainer.readState();
      const result = await trainer.trainStep(batchOf(base, broken));
      expect(result.applied).toBe(false);
      expect(Number.isFinite(result.loss) && Number.isFinite(result.gradNorm)).toBe(false);
      expect(await trainer.readState()).toEqual(before);
      expect((await trainer.trainStep(batchOf(base))).applied).toBe(true);
      await trainer.dispose();
    });

    it('goes on from what readState gave with the same bytes', async () => {
      const trainer = await load(freshState(someParameters(base)));
      await trainer.trainStep(batchOf(base));
      const resumed = await load(await trainer.readState());
      const batch = batchOf(base, { optimiser: { ...batchOf(base).optimiser, update: 2, emaDecay: 0.4 } });
      const results = [await trainer.trainStep(batch), await resumed.trainStep(batch)];
      expect(results[0]).toEqual(results[1]);
      expect(await resumed.readState()).toEqual(await trainer.readState());
      await trainer.dispose();
      await resumed.dispose();
    });

    it('is followed by an evaluation of the averaged weights, not of the present ones', async () => {
      const trainer = await load(freshState(someParameters(base)));
      await trainer.trainStep(
        batchOf(base, { optimiser: { ...batchOf(base).optimiser, learningRate: 0.1, emaDecay: 0.5 } }),
      );
      const { ema } = await trainer.readState();
      const expected = referenceLoss(base, 'none', doubles(ema), batchOf(base));
      expect(await trainer.evaluate(batchOf(base))).toBeCloseTo(expected, 5);
      await trainer.dispose();
    });
  });
}
