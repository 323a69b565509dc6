import { found, StrideError, unpackTensor, type Samples, type Schemas } from '#client';
import { service } from './service.js';

/** The longest wait that the API grants: on a page nobody waits longer. */
const WAIT_SECONDS = 60;

/** Runs one sampling job to its end. @throws StrideError when it was refused, failed, or takes too long */
export async function samplesOf(request: Schemas['SamplingRequest'], signal: AbortSignal): Promise<Samples> {
  const params = { header: { Prefer: `wait=${WAIT_SECONDS}, tensors=base64` } };
  const job = found(await service.POST('/v1/sampling-jobs', { body: request, params, signal }));
  const { id, status, error, result } = job;
  if (job.finishedAt === null) throw new StrideError('job_slow', `job ${id} has not ended after ${WAIT_SECONDS} s`);
  if (result === null) throw new StrideError(error?.code ?? status, `job ${id}: ${error?.message ?? status}`);
  return { job, shape: result.shape, actions: await actionsOf(id, result.data, signal) };
}

/** Of a large result the job has no data. */
async function actionsOf(id: string, data: unknown, signal: AbortSignal): Promise<Float32Array> {
  if (typeof data === 'string') return unpackTensor(data);
  const headers = { Accept: 'application/vnd.stride.tensor+json' };
  const path = { params: { path: { id } }, headers, signal };
  const tensor = found(await service.GET('/v1/sampling-jobs/{id}/result', path));
  return unpackTensor(typeof tensor === 'object' && 'data' in tensor ? tensor.data : undefined);
}
