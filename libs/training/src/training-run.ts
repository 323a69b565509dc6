import { emaDecay, EngineError, learningRateFactor, type DdimModel, makeNoiseSchedule, samplingDefaults } from '#ddim';
import type { CallClock } from '#engine';
import { BatchSampler } from './batch-sampler.js';
import { LossWindow } from './loss-window.js';
import { beginRun } from './run-start.js';
import { toCheckpoint, type RunCounters, type RunState } from './run-state.js';
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
  /** Resolves when the checkpoint is stored; its arrays are the outlet's. */
  readonly onCheckpoint: (checkpoint: TrainingCheckpoint) => Promise<void>;
}

export type TrainingOutcome = Omit<TrainingResult, 'info'> | 'stopped';

/** A run from its first update, or from a checkpoint, to its end. */
export class TrainingRun {
  private readonly start: RunState;
  private readonly sampler: BatchSampler;
  private readonly window: LossWindow;
  private counters: RunCounters;
  /** Of the newest validation; `isNew` until a log point has said it. */
  private validation: { readonly loss: number; readonly isNew: boolean } | undefined;
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
      while (this.counters.update < steps) {
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
    if (isDue || isLast) await this.validate(trainer);
    if ((update % training.logEverySteps === 0 || isLast) && !this.window.isEmpty) this.log();
    const seconds = (performance.now() - this.checkpointed.at) / 1000;
    if (!isLast && (isDue || seconds > MAX_CHECKPOINT_SECONDS)) await this.checkpoint(trainer);
  }

  private async validate(trainer: LoadedTrainer): Promise<void> {
    const batch = this.sampler.validation();
    if (!batch) return;
    this.validation = { loss: await trainer.evaluate({ ...batch, optimiser: this.optimiserStep() }), isNew: true };
  }

  private log(): void {
    const { update, skipped } = this.counters;
    const { training } = this.input.config;
    const { validation } = this;
    this.outlet.onMetrics({
      step: update,
      ...this.window.close(),
      learningRate: training.learningRate * learningRateFactor(update - 1, training),
      skippedUpdates: skipped,
      ...(validation?.isNew && { validationLoss: validation.loss }),
    });
    this.validation = validation && { ...validation, isNew: false };
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
    const state = { ...this.start, counters, train: await trainer.readState() };
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
    const { ema } = await trainer.readState();
    const { observationNormalizer, actionNormalizer } = this.start.normalizers;
    const model: DdimModel = {
      config: this.start.denoiser,
      schedule: noiseScheduleConfig(config),
      sampling: samplingDefaults(config.diffusion),
      conditionDropout: config.training.conditionDropout,
      observationNormalizer,
      actionNormalizer,
      parameters: ema,
    };
    const { update, seconds } = this.counters;
    const validationLoss = this.validation?.loss;
    return { model, updates: update, finalLoss: this.window.recentLoss, validationLoss, seconds };
  }
}
