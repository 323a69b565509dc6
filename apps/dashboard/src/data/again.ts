import { found, StrideError, type Schemas } from '#client';
import { service } from './service.js';

/** What a job was asked for, as the API reads it back. */
type JobRequest = Schemas['SamplingJobRequest'];
export type RepeatableRequest = JobRequest['request'];

/** What a job was asked for. @throws StrideError */
export async function requestOf(id: string, signal?: AbortSignal): Promise<JobRequest> {
  return found(await service.GET('/v1/sampling-jobs/{id}/request', { params: { path: { id } }, signal }));
}

/** Submits a request with changes, beside whatever has its supersedeKey. @throws StrideError */
export async function sendAgain(
  { supersedeKey: _key, ...request }: RepeatableRequest,
  changes: Partial<RepeatableRequest> = {},
): Promise<string> {
  return found(await service.POST('/v1/sampling-jobs', { body: { ...request, ...changes } })).id;
}

/** Submits what a job was asked for once more, with changes. @throws StrideError */
export async function repeat(id: string, changes?: Partial<RepeatableRequest>): Promise<string> {
  const { request, missing } = await requestOf(id);
  if (missing.length > 0)
    throw new StrideError('artifact_missing', `the numbers of ${missing.join(', ')} are no longer kept`, 410);
  return sendAgain(request, changes);
}
