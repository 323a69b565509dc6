import { ResourceName } from '../names.js';
import { ApiKeyId, DEFAULT_OWNER } from './api-key.js';

/** Of a job's data: whose it is, and with which key it came; absent where there are no keys. */
export const jobOwnerFields = { owner: ResourceName.optional(), apiKeyId: ApiKeyId.optional() };

/** Whose a job is, by its data, of whatever release and however valid. */
export function jobOwner(data: unknown): string {
  const owner: unknown = typeof data === 'object' && data !== null && 'owner' in data ? data.owner : undefined;
  return typeof owner === 'string' ? owner : DEFAULT_OWNER;
}

/** The id of the API key that a job came with, likewise. */
export function jobKey(data: unknown): string | undefined {
  const key: unknown = typeof data === 'object' && data !== null && 'apiKeyId' in data ? data.apiKeyId : undefined;
  return key === undefined ? undefined : ApiKeyId.safeParse(key).data; // to fail costs more than to succeed
}
