import type { DenoiserParameters, TrainingConfig } from '#ddim';
import type { LoadedTrainer, OptimiserStep, TrainBatch } from './train-backend.js';

/** How the validations of a run went, as far as that decides about it. */
export interface ValidationCourse {
  /** The lowest loss and its update. */
  readonly step: number;
  readonly loss: number;
  /** The loss that counts as reached: the last one that was lower than this by more than minDelta. */
  readonly reference: number;
  /** Validations since then. */
  readonly stale: number;
}

/** The weights that a run keeps, and their update. */
interface KeptWeights {
  readonly step: number;
  readonly ema: DenoiserParameters;
}

/** What of it a checkpoint holds. */
export interface ValidationState {
  readonly course: ValidationCourse | undefined;
  readonly best: DenoiserParameters | undefined;
}

/** A validation costs at most this share of the updates since the one before it. */
const MAX_COST_RATIO = 0.1;
/** An update costs about three evaluations of its rows: one forward, two backward. */
const EVALUATIONS_PER_UPDATE = 3;

/**
 * Measures a run on its held-out rows: at every log point, or where these are so dense that it would cost too
 * much at every n-th of them. By that it knows whether the run has come far enough, and which weights were
 * the best. All of it is a function of the updates, so that an interrupted run decides as another would.
 */
export class RunValidation {
  private readonly everySteps: number;

  /** @param batch the held-out rows; undefined when there are none */
  constructor(
    private readonly config: TrainingConfig,
    private readonly batch: Omit<TrainBatch, 'optimiser'> | undefined,
    private present: ValidationState,
  ) {
    const { batchSize, logEverySteps } = config.training;
    const leastSteps = (batch?.numRows ?? 0) / (EVALUATIONS_PER_UPDATE * batchSize * MAX_COST_RATIO);
    this.everySteps = logEverySteps * Math.max(Math.ceil(leastSteps / logEverySteps), 1);
  }

  get state(): ValidationState {
    return this.present;
  }

  isDue(update: number): boolean {
    return update % this.everySteps === 0;
  }

  /** Loss of the averaged weights; undefined without held-out rows. */
  async evaluate(trainer: LoadedTrainer, optimiser: OptimiserStep): Promise<number | undefined> {
    return this.batch && trainer.evaluate({ ...this.batch, optimiser });
  }

  /** The same, once per update: it decides how the run goes on. */
  async measure(trainer: LoadedTrainer, update: number, optimiser: OptimiserStep): Promise<number | undefined> {
    const loss = await this.evaluate(trainer, optimiser);
    const { earlyStopping, keepBest } = this.config.training;
    if (loss !== undefined && (earlyStopping !== undefined || keepBest === true))
      await this.judge(trainer, update, Number.isFinite(loss) ? loss : Number.MAX_VALUE);
    return loss;
  }

  /** Whether the loss has not fallen by more than minDelta in `patience` validations. */
  get hasConverged(): boolean {
    const { earlyStopping } = this.config.training;
    return earlyStopping !== undefined && (this.present.course?.stale ?? 0) >= earlyStopping.patience;
  }

  /** Undefined: the run keeps the last ones. */
  get kept(): KeptWeights | undefined {
    const { course, best } = this.present;
    return course && best && { step: course.step, ema: best };
  }

  private async judge(trainer: LoadedTrainer, step: number, loss: number): Promise<void> {
    const { earlyStopping, keepBest = false } = this.config.training;
    const { course, best } = this.present;
    const isLowest = course === undefined || loss < course.loss;
    const hasFallen = course === undefined || loss < course.reference - (earlyStopping?.minDelta ?? 0);
    this.present = {
      course: {
        ...(isLowest ? { step, loss } : { step: course.step, loss: course.loss }),
        reference: hasFallen ? loss : course.reference,
        stale: hasFallen ? 0 : course.stale + 1,
      },
      best: keepBest && isLowest ? await trainer.readAverage() : best,
    };
  }
}
