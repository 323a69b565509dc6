import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainBackend } from '#training';
import { graphGradients } from '../../onnx/testing/graph-gradients.js';
import { describeUpdates } from '../../training/testing/describe-updates.js';
import { relativeDistance } from '../../training/testing/relative-distance.js';
import {
  adamBetas,
  adamEpsilon,
  base,
  batchOf,
  freshState,
  lossCases,
  someParameters,
} from '../../training/testing/train-batches.js';
import { createTrainBackend } from '../../onnx/src/training/train-backend.js';
import { chooseTensorFlow, type TensorFlowJs } from './tensorflow.js';
import { TfjsTrainer } from './tfjs-trainer.js';
import { createTrainBackend as createTfjsTrainBackend } from './train-backend.js';

describe('TensorFlow.js', () => {
  let tf: TensorFlowJs;
  let backend: TrainBackend;
  beforeAll(async () => {
    ({ tf } = await chooseTensorFlow(['cpu']));
    backend = await createTfjsTrainBackend({ providers: ['cpu'] });
  });
  afterAll(() => backend.close());

  describeUpdates(() => backend);

  it.each(lossCases)(
    'derives by itself the loss and the gradients that the ONNX training graph writes out, for %s',
    async (_, form, lossWeighting, rows) => {
      const config = { ...base, ...form };
      const batch = batchOf(config, rows);
      const expected = await graphGradients(config, lossWeighting, batch);
      const { numTensors } = tf.memory();
      const state = freshState(someParameters(config));
      const trainer = new TfjsTrainer(tf, { config, lossWeighting, adamBetas, adamEpsilon, state }, () => {});
      const { loss, gradients } = await trainer.gradients(batch);
      await trainer.dispose();
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(loss).toBeCloseTo(expected.loss, 5);
      expect(expected.gradients.size).toBeGreaterThan(0);
      for (const [name, gradient] of expected.gradients)
        expect(relativeDistance(gradients.get(name) ?? new Float32Array(gradient.length), gradient), name).toBeLessThan(
          1e-4,
        );
    },
  );

  it.each([3, 0])('moves every parameter as the ONNX training does, with %i observation numbers', async (obsSize) => {
    const config = { ...base, obsSize };
    const setup = { config, lossWeighting: 'none', adamBetas, adamEpsilon } as const;
    const onnx = await createTrainBackend({ providers: ['cpu'] });
    const expected = await onnx.load({ ...setup, state: freshState(someParameters(config)) });
    const trainer = new TfjsTrainer(tf, { ...setup, state: freshState(someParameters(config)) }, () => {});
    for (const update of [1, 2, 3]) {
      const optimiser = { update, learningRate: 0.01, weightDecay: 0.1, gradClipNorm: 0.5, emaDecay: (update - 1) / 4 };
      const batch = batchOf(config, { optimiser });
      const { gradNorm } = await expected.trainStep(batch);
      expect((await trainer.trainStep(batch)).gradNorm / gradNorm).toBeCloseTo(1, 4);
    }
    const [actual, wanted] = [await trainer.readState(), await expected.readState()];
    for (const part of ['parameters', 'firstMoments', 'secondMoments', 'ema'] as const) {
      expect([...actual[part].keys()]).toEqual([...wanted[part].keys()]);
      for (const [name, values] of wanted[part]) {
        const got = actual[part].get(name) ?? new Float32Array();
        expect(
          values.every((value, i) => Math.abs(got[i] - value) < 1e-4),
          `${part} ${name}`,
        ).toBe(true);
      }
    }
    await trainer.dispose();
    await onnx.close();
  });
});
