import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  fillNormal,
  presets,
  train,
  type NamedTensor,
  type TrainingCheckpoint,
  type TrainingConfig,
  type TrainingDataset,
  type TrainingMetricsPoint,
  type TrainingOptions,
} from '../index.js';
import { onnxTrainBackendModule } from '../onnx/index.js';
import { trainStateFromTensors } from './train-state.js';

const preset = presets['diffusion-policy'];
const config: TrainingConfig = {
  obsSize: 3,
  actionHorizon: 4,
  actionDim: 2,
  network: { hiddenSize: 16, numLayers: 2, preconditioning: 'none' },
  diffusion: preset.diffusion,
  training: {
    ...preset.training,
    steps: 40,
    batchSize: 16,
    learningRate: 1e-2,
    warmupSteps: 2,
    conditionDropout: 0.1,
    checkpointEverySteps: 10,
    logEverySteps: 5,
    validationFraction: 0.1,
    seed: 5,
  },
};

/** Straight lines whose slope is the observation. */
function lines(count: number): TrainingDataset {
  const observations = new Float32Array(count * 3);
  fillNormal(observations, { seed: 1, row: 0, purpose: 128 }, 0);
  const actions = new Float32Array(count * 8);
  for (let i = 0; i < actions.length; i++) {
    const step = Math.floor((i % 8) / 2);
    actions[i] = step * observations[Math.floor(i / 8) * 3 + (i % 2)];
  }
  return { observations, actions, count };
}
const dataset = lines(100);

interface Recorded {
  readonly options: TrainingOptions;
  readonly points: TrainingMetricsPoint[];
  readonly checkpoints: TrainingCheckpoint[];
}

function record(changes: Partial<TrainingOptions> = {}): Recorded {
  const points: TrainingMetricsPoint[] = [];
  const checkpoints: TrainingCheckpoint[] = [];
  const options: TrainingOptions = {
    backendModule: onnxTrainBackendModule,
    backend: { providers: ['cpu'], deviceIndex: 0 },
    config,
    dataset,
    onMetrics: (point) => points.push(point),
    onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
    ...changes,
  };
  return { options, points, checkpoints };
}

const bytesOf = (tensors: readonly NamedTensor[]) =>
  tensors.map(({ name, data }) => `${name} ${Buffer.from(data.buffer).toString('hex')}`);

describe('training', () => {
  it('learns, says how at every log point, and keeps a checkpoint at every interval and at the end', async () => {
    const { options, points, checkpoints } = record();
    const { model, updates, finalLoss, validationLoss } = await train(options);
    expect(updates).toBe(40);
    expect(points.map(({ step }) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    expect(checkpoints.map(({ update }) => update)).toEqual([10, 20, 30, 40]);
    expect(finalLoss).toBeLessThan(0.8 * points[0].loss);
    expect(validationLoss).toBeGreaterThan(0);
    const last = trainStateFromTensors(model.config, checkpoints[3].tensors);
    for (const [name, values] of model.parameters) expect(values).toEqual(last.ema.get(name));
  });

  it('that goes on from any checkpoint ends with the bytes of a run that was never interrupted', async () => {
    const undisturbed = record();
    await train(undisturbed.options);
    const expected = bytesOf(undisturbed.checkpoints[3].tensors);
    for (const resumeFrom of undisturbed.checkpoints.slice(0, 3)) {
      const resumed = record({ resumeFrom });
      await train(resumed.options);
      expect(resumed.checkpoints[0].update).toBe(resumeFrom.update + 10);
      expect(bytesOf(resumed.checkpoints.at(-1)?.tensors ?? [])).toEqual(expected);
    }
  });

  it('hands over after the update it is in when it must make room, and another run goes on', async () => {
    const undisturbed = record();
    await train(undisturbed.options);
    const controller = new AbortController();
    const first = record({ signal: controller.signal });
    const interrupted: TrainingOptions = {
      ...first.options,
      onMetrics: ({ step }) => step === 15 && controller.abort(new CancelledError('shutdown')),
    };
    await expect(train(interrupted)).rejects.toMatchObject({ code: 'shutdown' });
    const resumeFrom = first.checkpoints.at(-1);
    expect(resumeFrom?.update).toBeGreaterThanOrEqual(15);
    const second = record({ resumeFrom });
    await train(second.options);
    expect(bytesOf(second.checkpoints.at(-1)?.tensors ?? [])).toEqual(bytesOf(undisturbed.checkpoints[3].tensors));
  });

  it('that is cancelled stops without a last checkpoint', async () => {
    const controller = new AbortController();
    const { options, checkpoints } = record({ signal: controller.signal });
    const cancelled: TrainingOptions = {
      ...options,
      onMetrics: ({ step }) => step === 5 && controller.abort(new CancelledError('cancelled')),
    };
    await expect(train(cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    expect(checkpoints.every(({ update }) => update % 10 === 0)).toBe(true);
  });

  it('ends with the reason why a checkpoint could not be stored', async () => {
    const { options } = record({ onCheckpoint: () => Promise.reject(new Error('no space')) });
    await expect(train(options)).rejects.toThrow('no space');
  });

  it('refuses the checkpoint of another configuration', async () => {
    const { options, checkpoints } = record();
    await train(options);
    const other = { ...config, training: { ...config.training, learningRate: 2e-2 } };
    const { options: changed } = record({ config: other, resumeFrom: checkpoints[0] });
    await expect(train(changed)).rejects.toMatchObject({ code: 'checkpoint_mismatch' });
  });

  it('fails after ten updates in a row without finite numbers', async () => {
    const hot = { ...config, training: { ...config.training, learningRate: 1e38, gradClipNorm: 0, warmupSteps: 0 } };
    await expect(train(record({ config: hot }).options)).rejects.toMatchObject({ code: 'non_finite_loss' });
  });

  it('starts from the weights of another model', async () => {
    const { model } = await train(record().options);
    const tuned = record({ initFrom: model });
    await train(tuned.options);
    expect(tuned.points[0].loss).toBeLessThan(0.9 * (await firstLoss()));
  });

  it('warns before it begins that a narrow network cannot learn noise, and the loss shows it', async () => {
    const wide = lines(64);
    const stretched: TrainingConfig = {
      ...config,
      actionHorizon: 32,
      network: { ...config.network, hiddenSize: 32 },
      training: { ...config.training, steps: 300, checkpointEverySteps: 300, logEverySteps: 50, warmupSteps: 10 },
    };
    const actions = Float32Array.from({ length: 64 * 64 }, (_, i) =>
      Math.sin((i % 64) / 20 + wide.observations[Math.floor(i / 64) * 3]),
    );
    const data = { ...wide, actions };
    const epsilon = await train(record({ config: stretched, dataset: data }).options);
    expect(epsilon.warnings.map(({ code }) => code)).toEqual(['rank_limited_prediction']);
    expect(epsilon.finalLoss).toBeGreaterThan(0.45);
    const diffusion = { ...stretched.diffusion, predictionType: 'sample' } as const;
    const sample = await train(record({ config: { ...stretched, diffusion }, dataset: data }).options);
    expect(sample.warnings).toEqual([]);
    expect(sample.finalLoss).toBeLessThan(0.1);
  });
});

async function firstLoss(): Promise<number> {
  const { options, points } = record();
  await train(options);
  return points[0].loss;
}
