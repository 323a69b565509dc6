import { Inject, Injectable } from '@nestjs/common';
import { UnrecoverableError, type Job, type Worker as BullWorker } from 'bullmq';
import { train, type BackendChoice, type TrainingDataset, type TrainingResult } from '#training';
import type { PrecisionReports } from '#ddim';
import { encodeJobError, StoredTrainingJob, type TrainingJobData, type TrainingJobResult } from '#contract';
import { Tracing } from '#server';
import { DatasetStore, type PublishRequest } from '#storage';
import { JobAttempts } from '../attempts/job-attempts.js';
import { ModelsInUse } from '../sampling/models-in-use.js';
import { measurePrecision } from './precision-measurement.js';
import { abortSignal } from '../attempts/attempt-stop.js';
import { TrainedModels } from './trained-models.js';
import { TrainingCheckpoints } from './training-checkpoints.js';
import { finiteOrNull, TrainingProgress } from './training-progress.js';
import { BACKEND_CHOICE } from '../process/backend-choice.js';

/** An attempt of a training job. */
interface TrainingAttempt {
  readonly job: Job;
  readonly jobId: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly data: TrainingJobData;
  readonly queuedMs: number;
}

/** Runs training jobs: dataset in, checkpoints on the way, a model version out. */
@Injectable()
export class TrainingRunner {
  constructor(
    @Inject(BACKEND_CHOICE) private readonly backend: BackendChoice,
    private readonly datasets: DatasetStore,
    private readonly trained: TrainedModels,
    private readonly models: ModelsInUse,
    private readonly checkpoints: TrainingCheckpoints,
    private readonly progress: TrainingProgress,
    private readonly attempts: JobAttempts,
    private readonly tracing: Tracing,
  ) {}

  /** @throws what makes BullMQ fail, retry or wait */
  run(worker: BullWorker, job: Job, token: string | undefined): Promise<TrainingJobResult> {
    const parsed = StoredTrainingJob.safeParse(job.data);
    const jobId = job.id;
    if (!parsed.success || jobId === undefined || token === undefined) {
      const message = `the job's data is of another version: ${parsed.error?.message}`;
      throw new UnrecoverableError(encodeJobError({ code: 'invalid_request', message }));
    }
    const { data } = parsed;
    const startedAt = performance.now();
    const started = { worker, kind: 'training', job, jobId, token, warnings: data.warnings } as const;
    return this.attempts.run(started, async ({ admitted, solo, begin, queuedMs, signal: stop }) => {
      await admitted;
      await solo?.(); // waits for nothing: a worker trains one job at a time
      begin();
      const dataset = await this.tracing.inSpan('load', {}, () => this.datasets.read(data.dataset));
      const signal = abortSignal(stop);
      const attempt = { job, jobId, token, signal, data, queuedMs };
      try {
        const facts = { 'stride.model': data.model, 'stride.steps': data.config.training.steps };
        const result = await this.tracing.inSpan('train', facts, () => this.#train(attempt, dataset));
        const precisions = await measurePrecision(result.model, dataset, signal);
        return await this.tracing.inSpan('store', {}, () =>
          this.#publish(attempt, { ...result, precisions }, startedAt),
        );
      } finally {
        this.progress.ended(data);
      }
    });
  }

  async #train(attempt: TrainingAttempt, dataset: TrainingDataset): Promise<TrainingResult> {
    const { job, jobId, token, signal, data } = attempt;
    const { config, model, owner } = data;
    const resumeFrom = await this.checkpoints.newest(jobId, config);
    const initFrom = data.initFrom && (await this.models.trainable(data.initFrom));
    const held = { kind: 'training', jobId, token, attemptsStarted: job.attemptsStarted } as const;
    this.progress.started(data, resumeFrom?.update ?? 0);
    return train({
      backendModule: this.backend.training.module,
      backend: this.backend.training.options,
      config,
      dataset,
      resumeFrom,
      initFrom,
      onMetrics: (point) => this.progress.report(job, jobId, { data, point }),
      onSamples: (drawn) => this.progress.drawn(job, jobId, drawn),
      onCheckpoint: (checkpoint) => this.checkpoints.keep(held, checkpoint, { model, owner, signal }),
      signal,
    });
  }

  async #publish(
    attempt: TrainingAttempt,
    result: TrainingResult & { readonly precisions: PrecisionReports | undefined },
    startedAt: number,
  ): Promise<TrainingJobResult> {
    const { jobId, data, queuedMs, signal } = attempt;
    const { model, finalLoss, validationLoss, updates, stopReason, keptStep, seconds, info } = result;
    const { name, sha256 } = data.dataset;
    const publication: PublishRequest = {
      name: data.model,
      model,
      trainingJobId: jobId,
      provenance: {
        source: 'training',
        dataset: { name, sha256 },
        settings: { ...data.config },
        ...(data.initFrom && { parent: parentOf(data.initFrom) }),
        backend: info.kind,
        provider: info.provider,
      },
      metrics: { finalLoss, validationLoss, updates, ...(keptStep !== updates && { keptStep }), seconds },
      warnings: data.warnings,
      precisions: result.precisions,
      policy: data.policy,
    };
    const record = await this.trained.publish(publication, { owner: data.owner, signal });
    return {
      model: { name: record.name, version: record.version },
      sha256: record.sha256,
      bytes: record.bytes,
      updates,
      finalLoss: finiteOrNull(finalLoss),
      validationLoss: finiteOrNull(validationLoss),
      ...(stopReason !== 'steps' && { stopReason }),
      ...(keptStep !== updates && { keptStep }),
      timings: {
        queuedSeconds: queuedMs / 1000,
        runSeconds: (performance.now() - startedAt) / 1000,
      },
      warnings: data.warnings,
      worker: this.attempts.worker,
    };
  }
}

function parentOf({ name, version, sha256 }: NonNullable<TrainingJobData['initFrom']>) {
  return { name, version, sha256 };
}
