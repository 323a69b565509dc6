import { randomUUID } from 'node:crypto';
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.js';

/** A typed client of the Stride API: `client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } } })`. */
export type StrideClient = Client<paths> & {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type Schemas = components['schemas'];

interface StrideClientOptions {
  /** Sent as a bearer token; needed only where the service has API keys. */
  readonly apiKey?: string;
}

/**
 * A client for the service at `baseUrl`, for example `http://127.0.0.1:3000`. Every POST carries an
 * Idempotency-Key: its own, unless the caller sets one to repeat a call whose outcome is unknown.
 */
export function createStrideClient(baseUrl: string, { apiKey }: StrideClientOptions = {}): StrideClient {
  const headers: Record<string, string> = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
  const root = baseUrl.replace(/\/+$/, '');
  const client = createClient<paths>({ baseUrl: root, headers });
  client.use(idempotencyKeys);
  return Object.assign(client, { baseUrl: root, headers });
}

const idempotencyKeys: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'POST' || request.headers.has('Idempotency-Key')) return undefined;
    request.headers.set('Idempotency-Key', randomUUID());
    return request;
  },
};
