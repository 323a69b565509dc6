import { beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, fitNormalizer, normalize, presets, type NamedTensor, type TrainingConfig } from '#ddim';
import { train } from './train.js';
import { checkTrainingConfig } from './training-config.js';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import type { TrainingDataset } from './training-dataset.js';
import type { TrainingMetricsPoint, TrainingOptions } from './training-options.js';
import { onnxTrainBackendModule } from '#onnx';
import { straightLines } from '../testing/straight-lines.js';
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

const dataset = straightLines(100);

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
    backend: { providers: ['cpu'] },
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

/** A run that is aborted while it stores a checkpoint: it cannot pass the next one before that is stored. */
function stoppedAt(update: number, reason: CancelledError): Recorded {
  const controller = new AbortController();
  const recorded = record({ signal: controller.signal });
  const onCheckpoint = async (checkpoint: TrainingCheckpoint) => {
    recorded.checkpoints.push(checkpoint);
    if (checkpoint.update === update) controller.abort(reason);
  };
  return { ...recorded, options: { ...recorded.options, onCheckpoint } };
}

/** One run of `config` to its end that nothing disturbs. */
async function runUndisturbed() {
  const recorded = record();
  return { ...recorded, result: await train(recorded.options) };
}

describe('training', () => {
  let undisturbed: Awaited<ReturnType<typeof runUndisturbed>>;
  beforeAll(async () => {
    undisturbed = await runUndisturbed();
  });

  it('learns, says how at every log point, and keeps a checkpoint at every interval and at the end', async () => {
    const { points, checkpoints, result } = undisturbed;
    const { model, updates, finalLoss, validationLoss } = result;
    expect(updates).toBe(40);
    expect(points.map(({ step }) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    expect(checkpoints.map(({ update }) => update)).toEqual([10, 20, 30, 40]);
    expect(finalLoss).toBeLessThan(0.8 * points[0].loss);
    expect(validationLoss).toBeGreaterThan(0);
    const last = trainStateFromTensors(model.config, checkpoints[3].tensors);
    for (const [name, values] of model.parameters) expect(values).toEqual(last.ema.get(name));
  });

  it('that goes on from any checkpoint ends with the bytes of a run that was never interrupted', async () => {
    const expected = bytesOf(undisturbed.checkpoints[3].tensors);
    for (const resumeFrom of undisturbed.checkpoints.slice(0, 3)) {
      const resumed = record({ resumeFrom });
      await train(resumed.options);
      expect(resumed.checkpoints[0].update).toBe(resumeFrom.update + 10);
      expect(bytesOf(resumed.checkpoints.at(-1)?.tensors ?? [])).toEqual(expected);
    }
  });

  it.each([10, 20])('hands over after the update it is in, past update %i, and another run goes on', async (at) => {
    const first = stoppedAt(at, new CancelledError('shutdown'));
    await expect(train(first.options)).rejects.toMatchObject({ code: 'shutdown' });
    const resumeFrom = first.checkpoints.at(-1);
    expect(resumeFrom?.update).toBeGreaterThanOrEqual(at);
    const second = record({ resumeFrom });
    const result = await train(second.options);
    expect(bytesOf(second.checkpoints.at(-1)?.tensors ?? [])).toEqual(bytesOf(undisturbed.checkpoints[3].tensors));
    expect(result.model).toEqual(undisturbed.result.model);
  });

  it('gives the same weights however often it logs and keeps checkpoints', async () => {
    const { model } = undisturbed.result;
    const training = { ...config.training, checkpointEverySteps: 7, logEverySteps: 3 };
    const other = await train(record({ config: { ...config, training } }).options);
    expect(other.model).toEqual(model);
  });

  it('learns nothing from padding, whatever it holds', async () => {
    // row 0: all of it
    const isPad = Uint8Array.from({ length: 400 }, (_, i) => (i % 4 > (i >> 2) % 4 || i < 4 ? 1 : 0));
    const padded = (value: number): TrainingDataset => ({
      ...dataset,
      actions: dataset.actions.map((real, i) => (isPad[i >> 1] === 1 ? value : real)),
      actionIsPad: isPad,
    });
    const short = { ...config, training: { ...config.training, steps: 10 } };
    const [first, second] = [
      record({ config: short, dataset: padded(Number.NaN) }),
      record({ config: short, dataset: padded(1e6) }),
    ];
    const { model } = await train(first.options);
    expect((await train(second.options)).model).toEqual(model);
    const unmasked = { ...padded(0), actionIsPad: undefined };
    expect((await train(record({ config: short, dataset: unmasked }).options)).model).not.toEqual(model);
  });

  it('leaves the arrays of its caller alone', async () => {
    const own = straightLines(100);
    await train(record({ dataset: own }).options);
    expect(own).toEqual(dataset);
  });

  it('that is cancelled hands over no other checkpoint, even one that was already due', async () => {
    const controller = new AbortController();
    let isDue = (): void => undefined;
    const due = new Promise<void>((resolve) => (isDue = resolve));
    const { options, checkpoints } = record({ signal: controller.signal });
    const cancelled = train({
      ...options,
      onMetrics: ({ step }) => void (step === 20 && isDue()),
      onCheckpoint: async (checkpoint) => {
        checkpoints.push(checkpoint);
        await due;
        controller.abort(new CancelledError('cancelled'));
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(checkpoints.map(({ update }) => update)).toEqual([10]);
  });

  it('ends with the reason why a checkpoint could not be stored', async () => {
    const { options } = record({ onCheckpoint: () => Promise.reject(new Error('no space')) });
    await expect(train(options)).rejects.toThrow('no space');
  });

  it('refuses the checkpoint of another configuration', async () => {
    const { checkpoints } = undisturbed;
    const other = { ...config, training: { ...config.training, learningRate: 2e-2 } };
    const { options: changed } = record({ config: other, resumeFrom: checkpoints[0] });
    await expect(train(changed)).rejects.toMatchObject({ code: 'checkpoint_mismatch' });
  });

  it('refuses the checkpoint of another dataset', async () => {
    const { checkpoints } = undisturbed;
    const { options: changed } = record({ dataset: straightLines(101), resumeFrom: checkpoints[0] });
    await expect(train(changed)).rejects.toMatchObject({ code: 'checkpoint_mismatch' });
  });

  it('refuses a dataset whose arrays disagree with its count, and numbers that are not finite', async () => {
    const short = { ...dataset, count: 99 };
    await expect(train(record({ dataset: short }).options)).rejects.toMatchObject({ code: 'dataset_invalid' });
    const broken = { ...dataset, actions: dataset.actions.map((value, i) => (i === 5 ? Number.NaN : value)) };
    await expect(train(record({ dataset: broken }).options)).rejects.toMatchObject({ code: 'non_finite_input' });
  });

  it.each([
    ['exits', 'process.exit(3)', /exit code 3/],
    ['throws', 'setImmediate(() => { throw new Error("bug") }); await new Promise(() => undefined)', /bug/],
  ])('ends with a clear error when its thread %s', async (_, body, message) => {
    const backendModule = `data:text/javascript,export async function createTrainBackend() { ${body} }`;
    const failure = await train(record({ backendModule }).options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'training_thread_died', message: expect.stringMatching(message) });
  });

  it('ends with what its log listener throws', async () => {
    const { options } = record({
      onMetrics: () => {
        throw new Error('no listener');
      },
    });
    await expect(train(options)).rejects.toThrow('no listener');
  });

  it('fails after ten updates in a row without finite numbers', async () => {
    const hot = { ...config, training: { ...config.training, learningRate: 1e38, gradClipNorm: 0, warmupSteps: 0 } };
    await expect(train(record({ config: hot }).options)).rejects.toMatchObject({ code: 'non_finite_loss' });
  });

  it('starts from the weights of another model', async () => {
    const tuned = record({ initFrom: undisturbed.result.model });
    await train(tuned.options);
    expect(tuned.points[0].loss).toBeLessThan(0.9 * undisturbed.points[0].loss);
  });

  it('refuses to start from a model of another shape', async () => {
    const { model } = undisturbed.result;
    const diffusion = { ...config.diffusion, predictionType: 'sample' } as const;
    const { options } = record({ config: { ...config, diffusion }, initFrom: model });
    await expect(train(options)).rejects.toMatchObject({ code: 'checkpoint_mismatch' });
  });

  it('measures the deviation that a skip output needs, keeps it in checkpoints and in models that start from it', async () => {
    const network = { ...config.network, preconditioning: 'edm' } as const;
    const diffusion = { ...config.diffusion, predictionType: 'sample' } as const;
    const skip = { ...config, network, diffusion };
    const first = record({ config: skip });
    const { model } = await train(first.options);
    const actions = normalize(fitNormalizer(dataset.actions, 2), dataset.actions);
    const mean = actions.reduce((sum, value) => sum + value, 0) / actions.length;
    const variance = actions.reduce((sum, value) => sum + (value - mean) ** 2, 0) / actions.length;
    expect(model.config.sigmaData).toBeCloseTo(Math.sqrt(variance), 6);
    expect(model.config.sigmaSkip).toBe(model.config.sigmaData);
    const resumed = await train(record({ config: skip, resumeFrom: first.checkpoints[1] }).options);
    expect(resumed.model).toEqual(model);
    const smaller = { ...dataset, actions: dataset.actions.map((value) => value / 3) };
    const tuned = await train(record({ config: skip, dataset: smaller, initFrom: model }).options);
    expect(tuned.model.config).toEqual(model.config);
    expect(tuned.model.actionNormalizer).toEqual(model.actionNormalizer);
  });

  it('that was at its end already has nothing left to do and says the same', async () => {
    const { result, checkpoints } = undisturbed;
    const again = await train(record({ resumeFrom: checkpoints.at(-1) }).options);
    expect(again.model).toEqual(result.model);
    expect(again.finalLoss).toBe(result.finalLoss);
  });

  it('cannot make a narrow network learn noise, of which its configuration warns', async () => {
    const wide = straightLines(64);
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
    expect(checkTrainingConfig(stretched).map(({ code }) => code)).toEqual(['rank_limited_prediction']);
    expect(epsilon.finalLoss).toBeGreaterThan(0.45);
    const diffusion = { ...stretched.diffusion, predictionType: 'sample' } as const;
    const sampling = { ...stretched, diffusion };
    const sample = await train(record({ config: sampling, dataset: data }).options);
    expect(checkTrainingConfig(sampling)).toEqual([]);
    expect(sample.finalLoss).toBeLessThan(0.1);
  });
});
