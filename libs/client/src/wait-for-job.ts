import { followEvents, type ClientJobEvent } from './job-events.js';
import type { ApiClient, Schemas } from './api-client.js';
import { StrideError } from './stride-error.js';

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Called for every event, for progress bars. */
  readonly onEvent?: (event: ClientJobEvent) => void;
}

/**
 * The sampling job once it has ended, whichever way.
 * @throws StrideError when the service knows no such job
 */
export async function waitForSamplingJob(
  client: ApiClient,
  id: string,
  options: WaitOptions = {},
): Promise<Schemas['SamplingJob']> {
  await untilFinalEvent(client, id, options);
  return found(await client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } }, signal: options.signal }));
}

/**
 * The training job once it has ended, whichever way.
 * @throws StrideError when the service knows no such job
 */
export async function waitForTrainingJob(
  client: ApiClient,
  id: string,
  options: WaitOptions = {},
): Promise<Schemas['TrainingJob']> {
  await untilFinalEvent(client, id, options);
  return found(await client.GET('/v1/training-jobs/{id}', { params: { path: { id } }, signal: options.signal }));
}

async function untilFinalEvent(client: ApiClient, id: string, { signal, onEvent }: WaitOptions): Promise<void> {
  for await (const event of followEvents(client, id, { signal })) onEvent?.(event);
}

/**
 * The data of a typed call.
 * @throws StrideError with the code of the service's problem when it refused
 */
export function found<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.data === undefined) throw StrideError.fromBody(answer.error, answer.response.status);
  return answer.data;
}
