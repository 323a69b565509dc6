import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { retryingFetch } from './retrying-fetch.js';
import type { components, paths } from './schema.js';

/** Typed calls of the API's routes: `client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } } })`. */
export type ApiClient = Client<paths> & {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type Schemas = components['schemas'];

export interface ClientOptions {
  /** Sent as a bearer token; needed only where the service has API keys. */
  readonly apiKey?: string;
  /** For so long a call is repeated while the service is away or has no room; default 30,000, 0: never. */
  readonly retryMs?: number;
}

const DEFAULT_RETRY_MS = 30_000;

export function createApiClient(
  baseUrl: string,
  { apiKey, retryMs = DEFAULT_RETRY_MS }: ClientOptions = {},
): ApiClient {
  const headers: Record<string, string> = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
  const root = baseUrl.replace(/\/+$/, '');
  const client = createClient<paths>({ baseUrl: root, headers, fetch: retryingFetch(retryMs) });
  client.use(idempotencyKeys);
  return Object.assign(client, { baseUrl: root, headers });
}

const idempotencyKeys: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'POST' || request.headers.has('Idempotency-Key')) return undefined;
    request.headers.set('Idempotency-Key', randomKey());
    return request;
  },
};

/** 128 random bits. Not crypto.randomUUID: a page over plain http, other than on loopback, has none. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(16).padStart(8, '0')).join('');
}
