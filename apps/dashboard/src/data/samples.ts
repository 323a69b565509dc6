import { found, StrideError, type Samples, type Schemas } from '#client';
import { tensorBatch } from '../parts/actions/action-batch.js';
import { service } from './service.js';

/** The longest wait that the API grants: on a page nobody waits longer. */
const WAIT_SECONDS = 60;

/** Runs one sampling job to its end. @throws StrideError when it was refused, failed, or takes too long */
export async function samplesOf(request: Schemas['SamplingRequest'], signal: AbortSignal): Promise<Samples> {
  const params = { header: { Prefer: `wait=${WAIT_SECONDS}` } };
  const job = found(await service.POST('/v1/sampling-jobs', { body: request, params, signal }));
  const { id, status, error, result } = job;
  if (job.finishedAt === null) throw new StrideError('job_slow', `job ${id} has not ended after ${WAIT_SECONDS} s`);
  if (result === null) throw new StrideError(error?.code ?? status, `job ${id}: ${error?.message ?? status}`);
  return { job, shape: result.shape, actions: (await actionsOfJob(id, signal)).values };
}

/** The actions of a job that has succeeded. @throws StrideError */
export async function actionsOfJob(id: string, signal: AbortSignal): Promise<ReturnType<typeof tensorBatch>> {
  const headers = { Accept: 'application/vnd.stride.tensor+json' };
  const path = { params: { path: { id } }, headers, signal };
  const tensor = found(await service.GET('/v1/sampling-jobs/{id}/result', path));
  return tensorBatch(tensor as Schemas['EncodedTensor']); // which its media type promises
}
