import type { ApiClient, Schemas } from './api-client.js';
import { StrideError } from './stride-error.js';
import { unpackTensor } from './tensors.js';
import { found, waitForSamplingJob, type WaitOptions } from './wait-for-job.js';

/** Actions of one sampling job. */
export interface Samples {
  readonly job: Schemas['SamplingJob'];
  /** [rows, horizon, dim]; a row is one sample of one observation. */
  readonly shape: readonly number[];
  /** Row-major, in the units of the data. */
  readonly actions: Float32Array;
}

/** The longest wait that the service grants. */
const WAIT_SECONDS = 60;

/**
 * Runs one sampling job to its end, however often the connection is lost: it stays one job.
 * @throws StrideError with the code of the refusal, or with that of the failed job
 */
export async function runSampling(
  client: ApiClient,
  request: Schemas['SamplingRequest'],
  options: WaitOptions = {},
): Promise<Samples> {
  const { signal, onEvent } = options;
  // Whoever wants to see events must not wait for the answer instead.
  const header = onEvent ? {} : { Prefer: `wait=${WAIT_SECONDS}, tensors=base64` };
  const answer = found(await client.POST('/v1/sampling-jobs', { body: request, params: { header }, signal }));
  const job = answer.finishedAt === null ? await waitForSamplingJob(client, answer.id, options) : answer;
  const { id, status, error, result } = job;
  if (status !== 'succeeded' || result === null)
    throw new StrideError(error?.code ?? status, `job ${id}: ${error?.message ?? status}`);
  const isInline = job === answer && typeof result.data === 'string';
  const actions = isInline ? unpackTensor(result.data) : await storedActions(client, id, signal);
  return { job, shape: result.shape, actions };
}

async function storedActions(client: ApiClient, id: string, signal: AbortSignal | undefined): Promise<Float32Array> {
  const headers = { Accept: 'application/vnd.stride.tensor+json' };
  const path = { params: { path: { id } }, headers, signal };
  const tensor = found(await client.GET('/v1/sampling-jobs/{id}/result', path));
  return unpackTensor(typeof tensor === 'object' && 'data' in tensor ? tensor.data : undefined);
}
