import { found, type Schemas } from '#client';
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
