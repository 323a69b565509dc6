import { StoredSamplingResult } from '#contract';
import type { StoredJob } from '#queue';
import { Injectable } from '@nestjs/common';
import { assertNever } from '#ddim';
import { ArtifactMissingError, ArtifactStore, recordedArtifact } from '#storage';
import type { TensorEncoding } from '../http/prefer.js';
import { HttpProblem } from '../http/problem.js';
import { commonView, resultOf } from '../jobs/read/job-view.js';
import { nestedArrays, toFloats, type ResultTensor } from './result-format.js';
import { resultExpiresAt } from './sampling-job-view.js';

/** Finds the bytes of results: inside the job when small, else in the artifact store. */
@Injectable()
export class SamplingResults {
  constructor(private readonly artifacts: ArtifactStore) {}

  /**
   * @throws HttpProblem `job_not_finished`, `job_failed`, `job_cancelled` or `result_expired`; StorageError,
   * `artifact_missing` included
   */
  async read(job: StoredJob): Promise<ResultTensor> {
    const result = resultOf(job, StoredSamplingResult);
    if (result === undefined) throw noResult(job);
    return this.tensorOf(result, job);
  }

  /** The numbers of a job's result for an answer in JSON. @throws like `read` */
  async inline(result: StoredSamplingResult, job: StoredJob, encoding: TensorEncoding): Promise<unknown[] | string> {
    if (encoding === 'base64' && result.tensor) return result.tensor.data;
    const { shape, bytes } = await this.tensorOf(result, job);
    return encoding === 'base64' ? Buffer.from(bytes).toString('base64') : nestedArrays(toFloats(bytes), shape);
  }

  private async tensorOf(result: StoredSamplingResult, job: StoredJob): Promise<ResultTensor> {
    const { shape, sha256, tensor, artifact } = result;
    if (tensor) return { shape, sha256, bytes: Buffer.from(tensor.data, 'base64') };
    return { shape, sha256, bytes: await this.readArtifact(artifact ?? sha256, job) };
  }

  /**
   * Bytes that are not here have expired only if their time is over; else they never reached this store, or
   * were lost.
   */
  private async readArtifact(sha256: string, job: StoredJob): Promise<Uint8Array> {
    try {
      return await recordedArtifact(sha256, () => this.artifacts.get(sha256));
    } catch (error) {
      if (error instanceof ArtifactMissingError && resultExpiresAt(job) < Date.now())
        throw new HttpProblem('result_expired', 'the result is no longer kept', { cause: error });
      throw error;
    }
  }
}

function noResult(job: StoredJob): HttpProblem {
  const { status, error } = commonView(job);
  switch (status) {
    case 'failed':
      return new HttpProblem('job_failed', `the job failed: ${error?.code}: ${error?.message}`);
    case 'cancelled':
      return new HttpProblem('job_cancelled', `the job was cancelled: ${error?.message}`);
    case 'queued':
    case 'running':
    case 'paused':
    case 'succeeded':
      return new HttpProblem('job_not_finished', `the job is ${status}`);
    default:
      return assertNever(status);
  }
}
