import { initialParameters, type MlpDenoiserConfig } from '../denoiser.js';
import { emaDecay } from '../ema.js';
import { EngineError, InputError } from '../errors.js';
import { JsonFields } from '../json-fields.js';
import { learningRateFactor } from '../learning-rate.js';
import type { DdimModel } from '../model.js';
import { makeNoiseSchedule } from '../schedule.js';
import { BatchSampler } from './batch-sampler.js';
import { LossWindow } from './loss-window.js';
import type { LoadedTrainer, OptimiserStep, TrainBackend } from './train-backend.js';
import { freshTrainState, trainStateFromTensors, trainStateTensors } from './train-state.js';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import { denoiserConfig, noiseScheduleConfig, samplingDefaults, trainingConfigHash } from './training-config.js';
import { prepareTrainingData, type TrainingData } from './training-data.js';
import type { TrainingMetricsPoint, TrainingOptions, TrainingResult } from './training-options.js';

const MAX_CHECKPOINT_SECONDS = 60;
const MAX_SKIPPED_IN_A_ROW = 10;

export type TrainingInput = Pick<TrainingOptions, 'config' | 'dataset' | 'resumeFrom' | 'initFrom'>;

/** Where a run is told to stop, and whom it tells what. */
export interface TrainingOutlet {
  /** `checkpoint`: hand over after the present update; `discard`: just stop. */
  readonly stopRequested: () => 'checkpoint' | 'discard' | undefined;
  readonly onMetrics: (point: TrainingMetricsPoint) => void;
  /** Resolves when the checkpoint is stored. */
  readonly onCheckpoint: (checkpoint: TrainingCheckpoint) => Promise<void>;
}

export type TrainingOutcome = Omit<TrainingResult, 'warnings' | 'info'> | 'stopped';

/** What of a run is neither tensor nor configuration. */
interface RunCounters {
  /** Updates done, skipped ones included. */
  update: number;
  skipped: number;
  seconds: number;
}

/** A run from its first update, or from a checkpoint, to its end. */
export class TrainingRun {
  private readonly data: TrainingData;
  private readonly denoiser: MlpDenoiserConfig;
  private readonly sampler: BatchSampler;
  private readonly counters: RunCounters;
  private readonly window = new LossWindow(() => performance.now() / 1000);
  private skippedInARow = 0;
  private validationLoss: number | undefined;
  private checkpointed = { update: -1, at: performance.now() };
  private storing: Promise<void> = Promise.resolve();

  /** @throws InputError `checkpoint_mismatch` when the checkpoint belongs to another configuration */
  constructor(
    private readonly backend: TrainBackend,
    private readonly input: TrainingInput,
    private readonly outlet: TrainingOutlet,
  ) {
    const { config, dataset, initFrom, resumeFrom } = input;
    if (resumeFrom && resumeFrom.configHash !== trainingConfigHash(config))
      throw new InputError('checkpoint_mismatch', 'the checkpoint belongs to another training configuration');
    this.data = prepareTrainingData(dataset, config, initFrom);
    this.denoiser = initFrom?.config ?? denoiserConfig(config, this.data.sigmaData);
    this.sampler = new BatchSampler(config, makeNoiseSchedule(noiseScheduleConfig(config)), this.data);
    this.counters = resumeFrom ? readCounters(resumeFrom) : { update: 0, skipped: 0, seconds: 0 };
    this.checkpointed.update = this.counters.update;
  }

  /** @throws EngineError `non_finite_loss` after ten updates in a row that could not be applied; what the backend or the outlet throws */
  async toEnd(): Promise<TrainingOutcome> {
    const trainer = await this.load();
    try {
      const { steps } = this.input.config.training;
      while (this.counters.update < steps) {
        const stop = this.outlet.stopRequested();
        if (stop) return await this.stop(trainer, stop);
        await this.step(trainer);
        await this.afterStep(trainer);
      }
      await this.checkpoint(trainer);
      await this.storing;
      return await this.result(trainer);
    } finally {
      await trainer.dispose();
    }
  }

  private load(): Promise<LoadedTrainer> {
    const { config, initFrom, resumeFrom } = this.input;
    const { lossWeighting, adamBetas, adamEpsilon, seed } = config.training;
    const parameters = initFrom?.parameters ?? initialParameters(this.denoiser, seed);
    const state = resumeFrom ? trainStateFromTensors(this.denoiser, resumeFrom.tensors) : freshTrainState(parameters);
    return this.backend.load({ config: this.denoiser, lossWeighting, adamBetas, adamEpsilon, state });
  }

  private async step(trainer: LoadedTrainer): Promise<void> {
    const started = performance.now();
    const optimiser = this.optimiserStep();
    const result = await trainer.trainStep({ ...this.sampler.update(this.counters.update), optimiser });
    this.counters.update += 1;
    this.counters.seconds += (performance.now() - started) / 1000;
    this.skippedInARow = result.applied ? 0 : this.skippedInARow + 1;
    if (result.applied) this.window.add(result.loss, result.gradNorm);
    else this.counters.skipped += 1;
    if (this.skippedInARow < MAX_SKIPPED_IN_A_ROW) return;
    throw new EngineError(
      'non_finite_loss',
      `loss or gradient was not finite in ${this.skippedInARow} updates in a row, up to update ${this.counters.update}`,
    );
  }

  private optimiserStep(): OptimiserStep {
    const { training } = this.input.config;
    const { update, skipped } = this.counters;
    const applied = update - skipped + 1;
    const { emaPower: power, emaMaxDecay: max, learningRate, weightDecay, gradClipNorm } = training;
    return {
      update: applied,
      learningRate: learningRate * learningRateFactor(update, training),
      weightDecay,
      gradClipNorm,
      emaDecay: emaDecay(applied, { power, max, invGamma: 1, min: 0, updateAfterStep: 0 }),
    };
  }

  private async afterStep(trainer: LoadedTrainer): Promise<void> {
    const { training } = this.input.config;
    const { update } = this.counters;
    const isLast = update === training.steps;
    const isDue = update % training.checkpointEverySteps === 0;
    if (isDue || isLast) await this.validate(trainer);
    if ((update % training.logEverySteps === 0 || isLast) && !this.window.isEmpty) this.log();
    const seconds = (performance.now() - this.checkpointed.at) / 1000;
    if (!isLast && (isDue || seconds > MAX_CHECKPOINT_SECONDS)) await this.checkpoint(trainer);
  }

  private async validate(trainer: LoadedTrainer): Promise<void> {
    const batch = this.sampler.validation();
    if (batch) this.validationLoss = await trainer.evaluate({ ...batch, optimiser: this.optimiserStep() });
  }

  private log(): void {
    const { update, skipped } = this.counters;
    const { training } = this.input.config;
    this.outlet.onMetrics({
      step: update,
      ...this.window.close(),
      learningRate: training.learningRate * learningRateFactor(update - 1, training),
      skippedUpdates: skipped,
      validationLoss: this.validationLoss,
    });
  }

  /** Hands a snapshot over; training goes on while it is stored, but no two are stored at once. */
  private async checkpoint(trainer: LoadedTrainer): Promise<void> {
    if (this.checkpointed.update === this.counters.update) return;
    await this.storing;
    const { kind, provider } = this.backend.info;
    this.checkpointed = { update: this.counters.update, at: performance.now() };
    this.storing = this.outlet.onCheckpoint({
      update: this.counters.update,
      configHash: trainingConfigHash(this.input.config),
      backend: kind,
      provider,
      tensors: trainStateTensors(this.denoiser, await trainer.readState()),
      metadata: { run: JSON.stringify(this.counters) },
    });
    this.storing.catch(() => undefined); // whoever waits for it next gets the error
  }

  private async stop(trainer: LoadedTrainer, how: 'checkpoint' | 'discard'): Promise<'stopped'> {
    if (how === 'checkpoint') await this.checkpoint(trainer);
    await this.storing;
    return 'stopped';
  }

  private async result(trainer: LoadedTrainer): Promise<Exclude<TrainingOutcome, 'stopped'>> {
    const { config } = this.input;
    const { observationNormalizer, actionNormalizer } = this.data;
    const { ema } = await trainer.readState();
    const model: DdimModel = {
      config: this.denoiser,
      schedule: noiseScheduleConfig(config),
      sampling: samplingDefaults(config),
      conditionDropout: config.training.conditionDropout,
      observationNormalizer,
      actionNormalizer,
      parameters: ema,
    };
    const { update, seconds } = this.counters;
    return { model, updates: update, finalLoss: this.window.recentLoss, validationLoss: this.validationLoss, seconds };
  }
}

function readCounters({ metadata }: TrainingCheckpoint): RunCounters {
  const fields = JsonFields.parse(metadata['run'], 'metadata.run');
  return { update: fields.number('update'), skipped: fields.number('skipped'), seconds: fields.number('seconds') };
}
