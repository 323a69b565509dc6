import { encodeSafetensors } from '#storage';
import { sendRaw, type RawAnswer } from '../raw-http.js';
import type { TestApi } from '../test-api.js';

export type Answer = RawAnswer | undefined;
/** What was there before the first bad input came. */
export interface Prepared {
  /** Ids of sampling jobs, by where they stand. */
  readonly jobs: Readonly<Record<'queued' | 'succeeded' | 'failed' | 'cancelled', string>>;
  /** An Idempotency-Key that a job has. */
  readonly key: string;
  /** An artifact with a number that is none. */
  readonly notFinite: string;
}

/** What is sent, the status and code of the refusal, and the path of the field that it names. */
export type BadInput = readonly [
  name: string,
  send: (api: TestApi, prepared: Prepared) => Promise<Answer>,
  status: number,
  code: string,
  path?: string,
];

export const JOBS = '/v1/sampling-jobs';
export const TRAINING = '/v1/training-jobs';
export const good = { model: 'tiny', observations: [[1, 2, 3]] };
export const goodTraining = { model: 'new', dataset: 'pairs' };
export const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
export const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
export const artifactId = `art_${'0'.repeat(64)}`;

export const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
};
export const send = (path: string, init?: RequestInit) => async (api: TestApi) => answerOf(await api.fetch(path, init));
export const post = (path: string, body: unknown, headers?: Record<string, string>) => async (api: TestApi) =>
  answerOf(await api.post(path, body, headers));
export const job = (change: object) => post(JOBS, { ...good, ...change });
export const training = (change: object) => post(TRAINING, { ...goodTraining, ...change });
export const put = (path: string, body: Uint8Array | string, headers?: Record<string, string>) =>
  send(path, {
    method: 'PUT',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });
export const artifact = (body: Uint8Array | string, headers?: Record<string, string>) =>
  put('/v1/artifacts', body, headers);
export const dataset = (body: Uint8Array | string) => put('/v1/datasets/refused', body);
export const raw =
  (...lines: readonly string[]) =>
  (api: TestApi) =>
    sendRaw(api.url, lines.join('\r\n'));
export const pairs = (observations: readonly number[], actions: readonly number[]) =>
  encodeSafetensors([
    { name: 'observations', dtype: 'float32', shape: observations, data: filled(observations) },
    { name: 'actions', dtype: 'float32', shape: actions, data: filled(actions) },
  ]);
export const filled = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i);
export const vf = (path: string) => [422, 'validation_failed', path] as const;

export function head(method: string, path: string, ...headers: readonly string[]): string {
  const type = headers.some((header) => header.startsWith('Content-Type')) ? [] : ['Content-Type: application/json'];
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...type, ...headers, '', ''].join('\r\n');
}
