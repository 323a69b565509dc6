import type { ApiClient, Schemas } from './api-client.js';
import { StrideError } from './stride-error.js';
import { found, waitForTrainingJob, type WaitOptions } from './wait-for-job.js';

/** A model version that a training job has made. */
export interface TrainedModel {
  readonly job: Schemas['TrainingJob'];
  /** As sampling requests name it: `robot@3`. */
  readonly model: string;
  readonly version: Schemas['ModelVersion'];
}

/**
 * Runs one training job to its end, however often the connection is lost: it stays one job.
 * @throws StrideError with the code of the refusal, or with that of the failed job
 */
export async function runTraining(
  client: ApiClient,
  request: Schemas['TrainingRequest'],
  options: WaitOptions = {},
): Promise<TrainedModel> {
  const { signal } = options;
  const { id } = found(await client.POST('/v1/training-jobs', { body: request, signal }));
  const job = await waitForTrainingJob(client, id, options);
  const made = job.result?.model;
  if (job.status !== 'succeeded' || made?.version == null)
    throw new StrideError(job.error?.code ?? job.status, `job ${id}: ${job.error?.message ?? job.status}`);
  const params = { path: { name: made.name, version: `${made.version}` } };
  const version = found(await client.GET('/v1/models/{name}/versions/{version}', { params, signal }));
  return { job, model: `${made.name}@${made.version}`, version };
}

/**
 * Stores safetensors or npz bytes as the dataset that training requests name.
 * @throws StrideError with the code of the refusal
 */
export async function uploadDataset(
  client: ApiClient,
  name: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Schemas['Dataset']> {
  // Plain fetch: the generated client would make JSON of the bytes.
  const response = await fetch(`${client.baseUrl}/v1/datasets/${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream', ...client.headers },
    body: Uint8Array.from(bytes), // the caller's may lie in shared memory, which fetch refuses
    signal,
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw StrideError.fromBody(answer, response.status);
  return answer as Schemas['Dataset'];
}
