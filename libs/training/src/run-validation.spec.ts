import { beforeAll, describe, expect, it } from 'vitest';
import { fillNormal, presets, type TrainingConfig, type TrainingHyperparameters } from '#ddim';
import { onnxTrainBackendModule } from '#onnx';
import { straightLines } from '../testing/straight-lines.js';
import type { DrawnSamples } from './run-draws.js';
import { train } from './train.js';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import type { TrainingMetricsPoint, TrainingOptions, TrainingResult } from './training-options.js';
import { trainStateFromTensors } from './train-state.js';

const preset = presets['diffusion-policy'];
const training: TrainingHyperparameters = {
  ...preset.training,
  steps: 200,
  batchSize: 16,
  learningRate: 3e-2,
  lrSchedule: 'constant',
  warmupSteps: 2,
  checkpointEverySteps: 40,
  logEverySteps: 10,
  validationFraction: 0.3,
  seed: 5,
};
/** Noise, of which nothing but the examples can be learnt: the held-out ones soon get worse. */
const dataset = { ...straightLines(30), actions: new Float32Array(30 * 8) };
fillNormal(dataset.actions, { seed: 2, row: 0, purpose: 128 }, 0);

interface Run {
  readonly points: readonly TrainingMetricsPoint[];
  readonly checkpoints: readonly TrainingCheckpoint[];
  readonly draws: readonly DrawnSamples[];
  readonly result: TrainingResult;
}

async function run(changes: Partial<TrainingHyperparameters>, rest: Partial<TrainingOptions> = {}): Promise<Run> {
  const points: TrainingMetricsPoint[] = [];
  const checkpoints: TrainingCheckpoint[] = [];
  const draws: DrawnSamples[] = [];
  const config: TrainingConfig = {
    obsSize: 3,
    actionHorizon: 4,
    actionDim: 2,
    network: { hiddenSize: 32, numLayers: 2, preconditioning: 'none' },
    diffusion: { ...preset.diffusion, predictionType: 'sample' },
    training: { ...training, ...changes },
  };
  const result = await train({
    backendModule: onnxTrainBackendModule,
    backend: { providers: ['cpu'] },
    config,
    dataset,
    onMetrics: (point) => points.push(point),
    onSamples: (drawn) => draws.push(drawn),
    onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
    ...rest,
  });
  return { points, checkpoints, draws, result };
}

const lowest = (points: readonly TrainingMetricsPoint[]) =>
  points.reduce((best, point) => ((point.validationLoss ?? NaN) < (best.validationLoss ?? NaN) ? point : best));

describe('the validation of a run', () => {
  const options = { earlyStopping: { patience: 3, minDelta: 0 }, keepBest: true, sampleEvery: 30 };
  let plain: Run;
  let watched: Run;
  beforeAll(async () => {
    plain = await run({});
    watched = await run(options);
  });

  it('happens at every log point, and changes no weight', async () => {
    expect(plain.points.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => 10 * (i + 1)));
    expect(plain.points.every(({ validationLoss }) => validationLoss !== undefined)).toBe(true);
    expect(plain.result.validationLoss).toBe(plain.points.at(-1)?.validationLoss);
    const { result } = await run({ logEverySteps: 200 });
    expect(result.model).toEqual(plain.result.model);
    expect(result.validationLoss).toBe(plain.result.validationLoss);
  });

  it('happens at fewer of them where all would cost more than a tenth of the updates', async () => {
    const { points } = await run({ logEverySteps: 1, steps: 12, batchSize: 8 }); // 9 rows to validate
    const measured = points.flatMap(({ step, validationLoss }) => (validationLoss === undefined ? [] : [step]));
    expect(measured).toEqual([4, 8, 12]);
  });

  it('ends a run after as many of them as its patience without a lower loss, and says so', () => {
    const { points, result, checkpoints } = watched;
    const best = lowest(points);
    expect(result).toMatchObject({ stopReason: 'early_stopping', updates: best.step + 30 });
    expect(result.updates).toBeLessThan(training.steps);
    expect(points.at(-1)?.step).toBe(result.updates);
    expect(checkpoints.at(-1)?.update).toBe(result.updates);
    expect(points).toEqual(
      plain.points.slice(0, points.length).map((point) => ({ ...point, stepsPerSecond: expect.any(Number) })),
    );
    expect(plain.result).toMatchObject({ stopReason: 'steps', updates: 200, keptStep: 200 });
  });

  it('counts a loss as lower only by more than minDelta', async () => {
    const { result } = await run({ earlyStopping: { patience: 2, minDelta: 1_000 } });
    expect(result).toMatchObject({ stopReason: 'early_stopping', updates: 30, keptStep: 30 });
  });

  it('keeps the weights of the lowest loss', async () => {
    const { step, validationLoss } = lowest(watched.points);
    expect(watched.result).toMatchObject({ keptStep: step, validationLoss });
    const { checkpoints, result } = await run({ checkpointEverySteps: step, steps: step });
    const { ema } = trainStateFromTensors(result.model.config, checkpoints.at(-1)?.tensors ?? []);
    for (const [name, values] of watched.result.model.parameters) expect(values).toEqual(ema.get(name));
  });

  it('decides the same, and the run draws the same, when it goes on from any checkpoint', async () => {
    for (const resumeFrom of watched.checkpoints) {
      const resumed = await run(options, { resumeFrom });
      const { seconds: _seconds, ...expected } = watched.result;
      expect(resumed.result).toMatchObject(expected);
      expect(resumed.draws).toEqual(watched.draws.filter(({ step }) => step > resumeFrom.update));
    }
  });

  it('gives observations to the draws of a run, a few rows after every so many updates', () => {
    const steps = Array.from({ length: Math.floor(watched.result.updates / 30) }, (_, i) => 30 * (i + 1));
    expect(watched.draws.map(({ step }) => step)).toEqual(steps);
    for (const { shape, actions } of watched.draws) {
      expect([shape, actions.length]).toEqual([[4, 4, 2], 32]);
      expect(actions.every(Number.isFinite)).toBe(true);
    }
    expect(plain.draws).toEqual([]);
  });
});
