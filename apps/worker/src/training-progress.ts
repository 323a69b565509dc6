import { Injectable, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { TrainingMetricsPoint } from '#ddim';
import { JobEvents, type JobProgress, type TrainingJobData } from '#jobs';
import { TrainingMetrics } from '#metrics';
import { WorkerIdentity } from './worker-identity.js';

/** Tells clients and Prometheus how a training run goes. */
@Injectable()
export class TrainingProgress {
  readonly #logger = new Logger(TrainingProgress.name);

  constructor(
    private readonly events: JobEvents,
    private readonly metrics: TrainingMetrics,
    private readonly identity: WorkerIdentity,
  ) {}

  /** @param step updates that earlier attempts have done */
  async started(job: Job, jobId: string, { data, step }: { data: TrainingJobData; step: number }): Promise<void> {
    this.metrics.started(data.request.model, step);
    const { warnings } = data;
    const worker = this.identity.id;
    await this.events.publish('training', jobId, { type: 'started', attempt: job.attemptsStarted, worker, warnings });
  }

  /** Never waits and never throws: progress may be lost. Steps that an earlier attempt has told are not told again. */
  report(job: Job, jobId: string, { data, point }: { data: TrainingJobData; point: TrainingMetricsPoint }): void {
    const { step, loss, learningRate, gradNorm, stepsPerSecond, validationLoss, skippedUpdates } = point;
    const totalSteps = data.steps;
    const secondsPerUpdate = stepsPerSecond > 0 ? 1 / stepsPerSecond : 0;
    this.metrics.progress({ model: data.request.model, step, secondsPerUpdate, loss, learningRate });
    const progress: JobProgress = { completedRows: null, totalRows: null, completedSteps: step, totalSteps };
    const event = this.events.publishMetrics(jobId, {
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
    Promise.all([job.updateProgress(progress), event]).catch((error: unknown) => {
      this.#logger.warn(`progress was not sent: ${String(error)}`);
    });
  }

  ended({ request }: TrainingJobData): void {
    this.metrics.ended(request.model);
  }
}

/** JSON knows no NaN and no infinity. */
export function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
