import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { UnrecoverableError, type Job, type Worker as BullWorker } from 'bullmq';
import { Engine, type EnginePreview, type EngineResult } from '#engine';
import { parseWarning } from '#ddim';
import {
  admittedSampling,
  encodeJobError,
  MAX_INLINE_RESULT_BYTES,
  StoredSamplingJob,
  TENSORS,
  tensorsOf,
  type JobAttempt,
  type JobTensor,
  type PlainJobEvent,
  type SamplingJobData,
  type StoredSamplingResult,
  type TensorPath,
} from '#contract';
import { decodeTensor, encodeTensor, JobEvents, type TensorValues } from '#queue';
import { ArtifactMetrics } from '#metrics';
import { decodeSingleTensor, ArtifactStore, parseArtifactId, recordedArtifact, toFloat32 } from '#storage';
import { attemptOf, JobAttempts, type AttemptTerms } from '../attempts/job-attempts.js';
import { JobIntake } from '../attempts/job-intake.js';
import { ModelsInUse, type AnyModel } from './models-in-use.js';
import { finishedActions, samplingRun, type SamplingTensors } from './sampling-run.js';
import { stopSignal } from '../attempts/stop-signal.js';
import { WorkerIdentity } from '../process/worker-identity.js';

/** Runs sampling jobs on the engine: tensors in, rows through, result out. */
@Injectable()
export class SamplingRunner {
  readonly #logger = new Logger(SamplingRunner.name);

  constructor(
    private readonly engine: Engine,
    private readonly models: ModelsInUse,
    private readonly artifacts: ArtifactStore,
    private readonly attempts: JobAttempts,
    private readonly intake: JobIntake,
    private readonly events: JobEvents,
    private readonly identity: WorkerIdentity,
    private readonly artifactMetrics: ArtifactMetrics,
  ) {}

  /** @throws what makes BullMQ fail, retry or wait */
  run(
    worker: BullWorker,
    job: Job,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<StoredSamplingResult> {
    const parsed = StoredSamplingJob.safeParse(job.data);
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
    const attempt = { worker, kind: 'sampling', job, jobId, token, signal, warnings } as const;
    return this.attempts.run(attempt, async (terms) => {
      this.intake.decided(job, terms.solo !== undefined);
      const queuedSeconds = terms.queuedMs / 1000;
      const { result, values } = await this.#sample(job, stored, terms);
      const runSeconds = (performance.now() - startedAt) / 1000;
      return {
        timings: { queuedSeconds, runSeconds, denoiseSeconds: result.denoiseSeconds },
        warnings: [...warnings, ...result.warnings.map(parseWarning)],
        worker: this.identity.id,
        ...(await this.#store(values)),
      };
    });
  }

  async #sample(
    job: Job,
    stored: StoredSamplingJob,
    { solo, admitted, begin, acceptedAt, queuedMs, signal }: AttemptTerms,
  ): Promise<{ result: EngineResult; values: TensorValues }> {
    const jobId = job.id ?? '';
    // In order, and nothing of a job that must not run.
    const publish = (event: PlainJobEvent) => {
      admitted.then(
        () => this.#publish(attemptOf({ kind: 'sampling', job, jobId }), event),
        () => undefined, // the attempt fails with it
      );
    };
    if (job.attemptsStarted > 1) await this.models.refuseHung(stored.model);
    const [model, tensors] = await Promise.all([this.models.get(stored.model), this.#readTensors(stored)]);
    const data = admittedSampling(stored, model.sampling);
    const request = samplingRun(jobId, data, model, tensors);
    const result = await this.engine.submit({
      solo,
      onBegin: begin,
      signal: stopSignal(signal),
      onProgress: ({ secondsLeft, ...progress }) =>
        publish({ type: 'step', ...progress, secondsLeft: secondsLeft ?? null }),
      deadlineAt: data.request.deadlineMs && acceptedAt + data.request.deadlineMs,
      waitedMs: queuedMs,
      onPreview: (preview) => publish(previewEvent(preview, data, model)),
      ...request,
    });
    return { result, values: finishedActions(data, model, result.actions) };
  }

  async #readTensors({ request }: StoredSamplingJob): Promise<SamplingTensors> {
    const stored = tensorsOf<JobTensor>(request);
    const read = async (path: TensorPath) => {
      const tensor = stored[path];
      return [path, tensor && (await this.#readTensor(tensor, path))] as const;
    };
    return new Map(await Promise.all(TENSORS.map(({ path }) => read(path))));
  }

  async #readTensor(tensor: JobTensor, field: string): Promise<TensorValues> {
    if (!('artifact' in tensor)) return decodeTensor(tensor, field);
    const sha256 = parseArtifactId(tensor.artifact);
    const stored = decodeSingleTensor(await recordedArtifact(sha256, () => this.artifacts.get(sha256)));
    return { shape: stored.shape, data: toFloat32(stored) };
  }

  /** Small results travel in the job's return value, large ones are named by their hash. */
  async #store(
    values: TensorValues,
  ): Promise<Pick<StoredSamplingResult, 'shape' | 'sha256' | 'bytes' | 'tensor' | 'artifact'>> {
    const { shape, data } = values;
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const size = { shape: [...shape], bytes: raw.length };
    if (raw.length <= MAX_INLINE_RESULT_BYTES) {
      const sha256 = createHash('sha256').update(raw).digest('hex');
      return { sha256, tensor: encodeTensor(values), ...size };
    }
    const startedAt = performance.now();
    const { sha256 } = await this.artifacts.put(raw);
    this.artifactMetrics.written('result', raw.length, (performance.now() - startedAt) / 1000);
    return { sha256, artifact: sha256, ...size };
  }

  #publish(attempt: JobAttempt, event: PlainJobEvent): void {
    this.events.publish(attempt, event).catch((error: unknown) => {
      this.#logger.warn(`an event was not sent: ${String(error)}`); // progress may be lost
    });
  }
}

function previewEvent({ row, step, x0 }: EnginePreview, data: SamplingJobData, model: AnyModel): PlainJobEvent {
  const values = finishedActions({ ...data, rows: 1 }, model, x0);
  return { type: 'preview', row, step, actions: encodeTensor({ shape: data.actionShape, data: values.data }) };
}
