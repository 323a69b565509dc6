import { Injectable, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { DrawnSamples, TrainingMetricsPoint } from '#training';
import { encodeTensor, Shards, type QueueShard } from '#queue';
import type { JobProgress, TrainingJobData } from '#contract';
import { TrainingMetrics } from '#metrics';

/** Shows clients and Prometheus how a training run goes. */
@Injectable()
export class TrainingProgress {
  readonly #logger = new Logger(TrainingProgress.name);

  constructor(
    private readonly shards: Shards<QueueShard>,
    private readonly metrics: TrainingMetrics,
  ) {}

  /** @param step updates that earlier attempts have done */
  started({ model }: TrainingJobData, step: number): void {
    this.metrics.started(model, step);
  }

  /**
   * Never waits and never throws: progress may be lost. Steps that an earlier attempt has published are not
   * published again.
   */
  report(job: Job, jobId: string, { data, point }: { data: TrainingJobData; point: TrainingMetricsPoint }): void {
    const { step, loss, learningRate, gradNorm, stepsPerSecond, validationLoss, skippedUpdates } = point;
    const totalSteps = data.config.training.steps;
    const secondsPerUpdate = stepsPerSecond > 0 ? 1 / stepsPerSecond : 0;
    this.metrics.progress({ model: data.model, step, secondsPerUpdate, loss, learningRate });
    const progress: JobProgress = { completedRows: null, totalRows: null, completedSteps: step, totalSteps };
    const attempt = { kind: 'training', jobId, attemptsStarted: job.attemptsStarted } as const;
    const publishing = this.shards.holding(jobId).events.publish(attempt, {
      type: 'metrics',
      step,
      totalSteps,
      loss: finiteOrNull(loss),
      learningRate,
      gradNorm: finiteOrNull(gradNorm),
      stepsPerSecond,
      validationLoss: finiteOrNull(validationLoss),
      skippedUpdates,
    });
    // BullMQ asks for no lock
    const showing = publishing.then((listeners) =>
      listeners === undefined ? undefined : job.updateProgress(progress),
    );
    showing.catch((error: unknown) => {
      this.#logger.warn(`progress was not sent: ${String(error)}`);
    });
  }

  /** What the run drew; it may be lost, too. */
  drawn({ attemptsStarted }: Job, jobId: string, { step, shape, actions: data }: DrawnSamples): void {
    const attempt = { kind: 'training', jobId, attemptsStarted } as const;
    const actions = encodeTensor({ shape, data });
    const publishing = this.shards.holding(jobId).events.publish(attempt, { type: 'samples', step, actions });
    publishing.catch((error: unknown) => this.#logger.warn(`samples were not sent: ${String(error)}`));
  }

  ended({ model }: TrainingJobData): void {
    this.metrics.ended(model);
  }
}

/** JSON knows no NaN and no infinity. */
export function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
