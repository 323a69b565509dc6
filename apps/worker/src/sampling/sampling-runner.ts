import { Injectable, Logger } from '@nestjs/common';
import { UnrecoverableError, type Job, type Worker as BullWorker } from 'bullmq';
import { Engine, HandedOverError, type EnginePreview, type EngineResult } from '#engine';
import { parseWarning } from '#ddim';
import {
  admittedSampling,
  encodeJobError,
  type JobAttempt,
  type ProgressEvent,
  type SamplingJobData,
  type StoredSamplingJob,
  type StoredSamplingResult,
} from '#contract';
import { encodeTensor, Shards, type QueueShard, type TensorValues } from '#queue';
import { Tracing } from '#server';
import { attemptOf, JobAttempts, type AttemptTerms } from '../attempts/job-attempts.js';
import { JobIntake } from '../attempts/job-intake.js';
import { CompiledStoredJob } from './compiled-stored-job.js';
import { beginTrace, notesOf } from '../attempts/job-notes.js';
import type { JobTrace } from '../attempts/job-trace.js';
import { ModelsInUse, type AnyModel } from './models-in-use.js';
import { macroStepSpans } from './macro-step-spans.js';
import { RowHandOver } from './row-hand-over.js';
import { TensorFiles } from './tensor-files.js';
import { finishedActions, samplingRun } from './sampling-run.js';

/** Runs sampling jobs on the engine: tensors in, rows through, result out. */
@Injectable()
export class SamplingRunner {
  readonly #logger = new Logger(SamplingRunner.name);

  constructor(
    private readonly engine: Engine,
    private readonly models: ModelsInUse,
    private readonly rows: RowHandOver,
    private readonly tensors: TensorFiles,
    private readonly attempts: JobAttempts,
    private readonly intake: JobIntake,
    private readonly shards: Shards<QueueShard>,
    private readonly tracing: Tracing,
  ) {}

  /** @throws what makes BullMQ fail, retry or wait */
  run(worker: BullWorker, job: Job, token: string | undefined): Promise<StoredSamplingResult> {
    const parsed = CompiledStoredJob.safeParse(job.data);
    if (!parsed.success || job.id === undefined)
      throw new UnrecoverableError(
        encodeJobError({
          code: 'invalid_request',
          message: `the job's data is of another version: ${parsed.error?.message}`,
        }),
      );
    const jobId = job.id;
    const startedAt = performance.now();
    const { data: stored } = parsed;
    const { warnings } = stored;
    const { verdict } = notesOf(job);
    const attempt = { worker, kind: 'sampling', job, jobId, token, warnings, verdict } as const;
    const trace = beginTrace(job);
    return this.attempts.run(attempt, async (terms) => {
      this.intake.decided(job, terms.solo !== undefined);
      const queuedSeconds = terms.queuedMs / 1000;
      const { result, values } = await this.#sample(job, stored, { ...terms, trace });
      const runSeconds = (performance.now() - startedAt) / 1000;
      const doneAt = performance.now();
      const kept = await this.tracing.inSpan('store', {}, () => this.tensors.store(values));
      trace.stored(doneAt);
      return {
        timings: { queuedSeconds, runSeconds, denoiseSeconds: result.denoiseSeconds },
        warnings: [...warnings, ...result.warnings.map(parseWarning)],
        worker: this.attempts.worker,
        ...kept,
      };
    });
  }

  async #sample(
    job: Job,
    stored: StoredSamplingJob,
    { solo, admitted, begin, acceptedAt, queuedMs, signal, trace }: AttemptTerms & { readonly trace: JobTrace },
  ): Promise<{ result: EngineResult; values: TensorValues }> {
    const jobId = job.id ?? '';
    // In order, and nothing of a job that must not run.
    const publish = (event: ProgressEvent) => {
      admitted.then(
        () => this.#publish(attemptOf({ kind: 'sampling', job, jobId }), event, trace),
        () => undefined, // the attempt fails with it
      );
    };
    const ranBefore = job.attemptsStarted > 1;
    if (ranBefore) await this.models.refuseHung(stored.model);
    const [model, tensors] = await this.tracing.inSpan('load', {}, () =>
      Promise.all([this.models.get(stored.model), this.tensors.read(stored.request)]),
    );
    const data = admittedSampling(stored, model.sampling);
    const request = samplingRun(jobId, data, model, tensors);
    trace.ready();
    const resumeFrom = ranBefore ? await this.rows.find(jobId) : undefined;
    const result = await this.tracing.inSpan('denoise', spanOf(data), (span) => {
      const toSpan = macroStepSpans(span);
      const running = this.engine.submit({
        solo,
        onBegin: begin,
        signal,
        onProgress: ({ secondsLeft, ...progress }) =>
          publish({ type: 'step', ...progress, secondsLeft: secondsLeft ?? null }),
        deadlineAt: data.request.deadlineMs && acceptedAt + data.request.deadlineMs,
        waitedMs: queuedMs,
        onPreview: (preview) => publish(previewEvent(preview, data, model)),
        onMacroStep: (step) => {
          trace.macroStep(step);
          toSpan?.(step);
        },
        resumeFrom,
        ...request,
      });
      return this.#handOver(running, job);
    });
    return { result, values: finishedActions(data, model, result.actions) };
  }

  /** What a job has come to here is kept, before it is given back, for whoever goes on with it. */
  async #handOver(
    running: Promise<EngineResult>,
    { id = '', token = '', attemptsStarted }: Job,
  ): Promise<EngineResult> {
    try {
      return await running;
    } catch (error) {
      const attempt = { kind: 'sampling', jobId: id, token, attemptsStarted } as const;
      if (error instanceof HandedOverError) await this.rows.keep(attempt, error.progress);
      throw error;
    }
  }

  /** Beside its progress, whoever follows the job wants to know where its time goes; nobody else does yet. */
  async #publish(attempt: JobAttempt, event: ProgressEvent, trace: JobTrace): Promise<void> {
    const { events } = this.shards.holding(attempt.jobId);
    try {
      const listeners = await events.publish(attempt, event, trace.isFollowed ? trace.text : '');
      trace.isFollowed = (listeners ?? 0) > 0;
    } catch (error) {
      this.#logger.warn(`an event was not sent: ${String(error)}`); // progress may be lost
    }
  }
}

function spanOf({ model, rows, options, request }: SamplingJobData) {
  return {
    'stride.model': `${model.name}@${model.version}`,
    'stride.rows': rows,
    'stride.steps': options.numInferenceSteps,
    'stride.priority': request.priority,
  };
}

function previewEvent({ row, step, x0 }: EnginePreview, data: SamplingJobData, model: AnyModel): ProgressEvent {
  const values = finishedActions({ ...data, rows: 1 }, model, x0);
  return { type: 'preview', row, step, actions: encodeTensor({ shape: data.actionShape, data: values.data }) };
}
