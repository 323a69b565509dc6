import { emaDecay, EngineError, learningRateFactor, type DdimModel, makeNoiseSchedule, samplingDefaults } from '#ddim';
import type { CallClock } from '#engine';
import { BatchSampler } from './batch-sampler.js';
import { LossWindow } from './loss-window.js';
import { RunDraws, type DrawnSamples } from './run-draws.js';
import { beginRun } from './run-start.js';
import { toCheckpoint, type RunCounters, type RunState } from './run-state.js';
import { RunValidation } from './run-validation.js';
import type { LoadedTrainer, OptimiserStep, TrainBackend, TrainStepResult } from './train-backend.js';
import type { TrainingCheckpoint } from './training-checkpoint.js';
import { noiseScheduleConfig } from './training-config.js';
import { loadTimed } from './timed-trainer.js';
import type { TrainingInput, TrainingMetricsPoint, TrainingResult } from './training-options.js';

const MAX_CHECKPOINT_SECONDS = 60;
const MAX_SKIPPED_IN_A_ROW = 10;

/** Where a run learns that it must stop, and who hears what. */
export interface TrainingOutlet {
  /** `checkpoint`: hand over after the present update; `discard`: just stop. */
  readonly stopRequested: () => 'checkpoint' | 'discard' | undefined;
  readonly onMetrics: (point: TrainingMetricsPoint) => void;
  readonly onSamples: (drawn: DrawnSamples) => void;
  /** Resolves when the checkpoint is stored; its arrays are the outlet's. */
  readonly onCheckpoint: (checkpoint: TrainingCheckpoint) => Promise<void>;
}

export type TrainingOutcome = Omit<TrainingResult, 'info'> | 'stopped';

/** A run from its first update, or from a checkpoint, to its end. */
export class TrainingRun {
  private readonly start: RunState;
  private readonly sampler: BatchSampler;
  private readonly window: LossWindow;
  private readonly validation: RunValidation;
  private readonly draws: RunDraws;
  private counters: RunCounters;
  /** Of the last validation that is no older than the last update. */
  private validationLoss: number | undefined;
  private checkpointed: { readonly update: number; readonly at: number };
  private storing: Promise<void> = Promise.resolve();

  /** @throws InputError `checkpoint_mismatch`, `dataset_invalid` or `non_finite_input` */
  constructor(
    private readonly backend: TrainBackend,
    private readonly input: TrainingInput,
    private readonly outlet: TrainingOutlet,
    private readonly clock: CallClock,
  ) {
    const { config } = input;
    const { data, ...start } = beginRun(input);
    this.start = start;
    this.counters = start.counters;
    this.sampler = new BatchSampler(config, makeNoiseSchedule(noiseScheduleConfig(config)), data);
    this.validation = new RunValidation(config, this.sampler.validation(), start.validation);
    this.draws = new RunDraws(config, start.denoiser, data);
    this.window = new LossWindow(() => performance.now() / 1000, start.counters.losses);
    this.checkpointed = { update: this.counters.update, at: performance.now() };
  }

  /**
   * @throws EngineError `non_finite_loss` after ten updates in a row that could not be applied; what the
   * backend or the outlet throws
   */
  async toEnd(): Promise<TrainingOutcome> {
    const { lossWeighting, adamBetas, adamEpsilon, steps } = this.input.config.training;
    const { denoiser: config, train: state } = this.start;
    const setup = { config, lossWeighting, adamBetas, adamEpsilon, state };
    const trainer = await loadTimed(this.backend, setup, this.clock);
    try {
      while (this.counters.update < steps && !this.validation.hasConverged) {
        const stop = this.outlet.stopRequested();
        if (stop) return await this.stop(trainer, stop);
        await this.step(trainer);
        await this.afterStep(trainer);
      }
      await this.checkpoint(trainer);
      await this.storing;
      return this.outlet.stopRequested() === 'discard' ? 'stopped' : await this.result(trainer);
    } finally {
      await trainer.dispose();
    }
  }

  private async step(trainer: LoadedTrainer): Promise<void> {
    const started = performance.now();
    const optimiser = this.optimiserStep();
    const result = await trainer.trainStep({ ...this.sampler.update(this.counters.update), optimiser });
    this.count(result, (performance.now() - started) / 1000);
    const { skippedInARow, update } = this.counters;
    if (skippedInARow < MAX_SKIPPED_IN_A_ROW) return;
    throw new EngineError(
      'non_finite_loss',
      `loss or gradient was not finite in ${skippedInARow} updates in a row, up to update ${update}`,
    );
  }

  private count({ applied, loss, gradNorm }: TrainStepResult, seconds: number): void {
    const { counters } = this;
    if (applied) this.window.add(loss, gradNorm);
    this.counters = {
      ...counters,
      update: counters.update + 1,
      skipped: counters.skipped + (applied ? 0 : 1),
      skippedInARow: applied ? 0 : counters.skippedInARow + 1,
      seconds: counters.seconds + seconds,
    };
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
    this.validationLoss = undefined;
    if (this.validation.isDue(update) || isLast)
      this.validationLoss = await this.validation.measure(trainer, update, this.optimiserStep());
    if ((update % training.logEverySteps === 0 || isLast) && !this.window.isEmpty) this.log();
    if (this.draws.isDue(update)) this.outlet.onSamples(this.draws.draw(update, await trainer.readAverage()));
    const seconds = (performance.now() - this.checkpointed.at) / 1000;
    if (!isLast && (isDue || seconds > MAX_CHECKPOINT_SECONDS)) await this.checkpoint(trainer);
  }

  private log(): void {
    const { update, skipped } = this.counters;
    const { training } = this.input.config;
    const { validationLoss } = this;
    this.outlet.onMetrics({
      step: update,
      ...this.window.close(),
      learningRate: training.learningRate * learningRateFactor(update - 1, training),
      skippedUpdates: skipped,
      ...(validationLoss !== undefined && { validationLoss }),
    });
  }

  /**
   * Hands a snapshot over; training goes on while it is stored, but no two are stored at once, and none after
   * a stop that discards.
   */
  private async checkpoint(trainer: LoadedTrainer): Promise<void> {
    if (this.checkpointed.update === this.counters.update) return;
    await this.storing;
    if (this.outlet.stopRequested() === 'discard') return;
    const { config, dataset } = this.input;
    const { kind: backend, provider } = this.backend.info;
    this.checkpointed = { update: this.counters.update, at: performance.now() };
    const counters = { ...this.counters, losses: this.window.recentMeans };
    const state = { ...this.start, counters, validation: this.validation.state, train: await trainer.readState() };
    const origin = { config, datasetRows: dataset.count, backend, provider };
    this.storing = this.outlet.onCheckpoint(toCheckpoint(state, origin));
    this.storing.catch(() => undefined); // whoever waits for it next gets the error
  }

  private async stop(trainer: LoadedTrainer, how: 'checkpoint' | 'discard'): Promise<'stopped'> {
    if (how === 'checkpoint') await this.checkpoint(trainer);
    await this.storing;
    return 'stopped';
  }

  private async result(trainer: LoadedTrainer): Promise<Exclude<TrainingOutcome, 'stopped'>> {
    const { config } = this.input;
    const { update, seconds } = this.counters;
    const kept = this.validation.kept ?? { step: update, ema: await trainer.readAverage() };
    const { observationNormalizer, actionNormalizer } = this.start.normalizers;
    const model: DdimModel = {
      config: this.start.denoiser,
      schedule: noiseScheduleConfig(config),
      sampling: samplingDefaults(config.diffusion),
      conditionDropout: config.training.conditionDropout,
      observationNormalizer,
      actionNormalizer,
      parameters: kept.ema,
    };
    return {
      model,
      updates: update,
      stopReason: update < config.training.steps ? 'early_stopping' : 'steps',
      keptStep: kept.step,
      finalLoss: this.window.recentLoss,
      validationLoss: await this.keptLoss(trainer, kept.step),
      seconds,
    };
  }

  /** Validation loss of the weights that the run keeps. */
  private async keptLoss(trainer: LoadedTrainer, keptStep: number): Promise<number | undefined> {
    const { course } = this.validation.state;
    if (course?.step === keptStep) return course.loss;
    return this.validationLoss ?? (await this.validation.evaluate(trainer, this.optimiserStep()));
  }
}
