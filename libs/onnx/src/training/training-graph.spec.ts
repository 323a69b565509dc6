import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parameterShapes, type LossWeighting, type MlpDenoiserConfig } from '#ddim';
import type { TrainBackend, TrainBatch } from '#training';
import { describeUpdates } from '../../../training/testing/describe-updates.js';
import { doubles, referenceLoss, take, type Doubles } from '../../../training/testing/reference-loss.js';
import { relativeDistance } from '../../../training/testing/relative-distance.js';
import { base, batchOf, lossCases, someParameters } from '../../../training/testing/train-batches.js';
import { graphGradients } from '../../testing/graph-gradients.js';
import { createTrainBackend } from './train-backend.js';

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

describe('ONNX Runtime', () => {
  let backend: TrainBackend;
  beforeAll(async () => {
    backend = await createTrainBackend({ providers: ['cpu'] });
  });
  afterAll(() => backend.close());

  describeUpdates(() => backend);
});
