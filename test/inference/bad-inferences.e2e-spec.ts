import { request } from 'node:http';
import { gzipSync, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SamplingJobPage } from '#contract';
import { TestApi } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';

const Refusal = z.strictObject({ error: z.string() });
type Headers = Record<string, string>;
const INFER = '/v2/models/tiny/infer';
const LENGTH = 'Inference-Header-Content-Length';
const observations = { name: 'observations', shape: [1, 3], datatype: 'FP32' };
const plain = { inputs: [{ ...observations, data: [1, 2, 3] }] };
const binary = (size: number, more: object = {}) => ({
  inputs: [{ ...observations, parameters: { binary_data_size: size }, ...more }],
});
const text = (body: object) => Buffer.from(JSON.stringify(body));
const withBytes = (body: object, bytes: Uint8Array, length = text(body).length) =>
  [INFER, Buffer.concat([text(body), bytes]), { [LENGTH]: String(length) }] as const;
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

/** What is sent, and the status and words of the refusal. */
const BAD: readonly (readonly [string, string, Uint8Array, Headers, number, RegExp])[] = [
  ['nothing', INFER, Buffer.alloc(0), {}, 400, /^invalid_json: the body is empty/],
  ['no JSON', INFER, Buffer.from('hello'), {}, 400, /^invalid_json/],
  [
    'a header length beyond the body',
    ...withBytes(binary(12), floats(1, 2, 3), 100_000),
    400,
    /^bad_request: .* 100000/,
  ],
  ['a header length within the JSON', ...withBytes(binary(12), floats(1, 2, 3), 20), 400, /^invalid_json/],
  ['a negative header length', INFER, text(plain), { [LENGTH]: '-1' }, 400, /^bad_request/],
  ['a header length that is none', INFER, text(plain), { [LENGTH]: '1e2' }, 400, /^bad_request/],
  ['a header length of nothing', INFER, text(plain), { [LENGTH]: '0' }, 400, /^invalid_json: the body is empty/],
  [
    'too few bytes',
    ...withBytes(binary(12), floats(1, 2)),
    422,
    /^size_mismatch: observations: .* 12 bytes, .* after 8/,
  ],
  ['too many bytes', ...withBytes(binary(12), floats(1, 2, 3, 4)), 422, /^size_mismatch: 16 bytes follow/],
  ['bytes that the shape does not have', ...withBytes(binary(16), floats(1, 2, 3, 4)), 422, /^size_mismatch/],
  ['NaN', ...withBytes(binary(12), floats(1, Number.NaN, 3)), 422, /^non_finite_input: observations/],
  ['a huge shape', ...withBytes(binary(12, { shape: [16777216, 16777216] }), floats(1, 2, 3)), 422, /^size_mismatch/],
  ['another model', '/v2/models/nobody/infer', text(plain), {}, 404, /^model_not_found/],
  ['a name that is none', '/v2/models/No!/infer', text(plain), {}, 400, /^invalid_id/],
  ['two versions', '/v2/models/tiny@1/versions/1/infer', text(plain), {}, 400, /^invalid_id/],
  ['a version that is not there', '/v2/models/tiny/versions/9/infer', text(plain), {}, 404, /^model_not_found/],
  [
    'a wrong size',
    INFER,
    text({ inputs: [{ ...observations, shape: [1, 2], data: [1, 2] }] }),
    {},
    422,
    /^shape_mismatch/,
  ],
  ['no observations', INFER, text({ inputs: [] }), {}, 422, /^validation_failed: observations: required/],
  ['broken gzip', INFER, Buffer.from('hello'), { 'content-encoding': 'gzip' }, 400, /^bad_request: .* not valid gzip/],
  [
    'deflate without its frame',
    INFER,
    deflateRawSync(text(plain)),
    { 'content-encoding': 'deflate' },
    400,
    /^bad_request/,
  ],
  ['another encoding', INFER, text(plain), { 'content-encoding': 'br' }, 415, /^unsupported_encoding/],
  [
    'a gzip bomb',
    INFER,
    gzipSync(Buffer.alloc(100_000_000)),
    { 'content-encoding': 'gzip' },
    413,
    /^decompressed_too_large/,
  ],
  ['9 MB', INFER, Buffer.alloc(9_000_000, 0x20), {}, 413, /^payload_too_large/],
  ['2 MB of JSON', INFER, Buffer.alloc(2_000_000, 0x20), {}, 413, /^payload_too_large: the JSON/],
  ['a bad key', INFER, text(plain), { 'idempotency-key': 'a b' }, 400, /^invalid_idempotency_key/],
];

describe.skipIf(!redisAvailable)('The Open Inference Protocol', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  const jobs = async () => SamplingJobPage.parse(await (await api.fetch('/v1/sampling-jobs')).json()).items;

  it.each(BAD)('refuses %s in its own form', async (_what, path, body, headers, status, error) => {
    const refused = await api.fetch(path, { method: 'POST', body: new Uint8Array(body), headers });
    const said = Refusal.parse(await refused.json());
    expect(refused.status).toBe(status);
    expect(said.error).toMatch(error);
    expect(await jobs()).toEqual([]);
  });

  it.each([
    ['GET', '/v2/nothing', 404],
    ['GET', INFER, 405],
    ['GET', '/v2/models/tiny/versions/0/config', 400],
    ['GET', '/V2/models/nobody', 404],
  ])('refuses %s %s in its own form', async (method, path, status) => {
    const refused = await api.fetch(path, { method });
    expect(refused.status).toBe(status);
    Refusal.parse(await refused.json());
  });

  it('refuses what no worker has done in time, and cancels it', async () => {
    const body = new Uint8Array(text({ ...plain, parameters: { timeout: 1 } }));
    const refused = await api.fetch(INFER, { method: 'POST', body });
    expect([refused.status, Refusal.parse(await refused.json()).error]).toEqual([
      422,
      'deadline_exceeded: there were no actions within 1 ms',
    ]);
    expect((await jobs()).map(({ status }) => status)).toEqual(['cancelled']);
  });

  it('cancels the job of a client that has gone, unless the client could ask for it again', async () => {
    const leave = async (headers: Headers) => {
      const before = (await jobs()).length;
      const client = request(`${api.url}${INFER}`, { method: 'POST', headers });
      client.on('error', () => undefined);
      client.end(text(plain));
      const [job] = await until('the job is there', async () => {
        const all = await jobs();
        return all.length > before ? all : undefined;
      });
      client.destroy();
      return job;
    };
    const kept = await leave({ 'idempotency-key': 'again' });
    const left = await leave({});
    await until('the job that nobody can ask for is cancelled', async () =>
      (await jobs()).some(({ id, status }) => id === left?.id && status === 'cancelled') ? true : undefined,
    );
    expect((await jobs()).find(({ id }) => id === kept?.id)?.status).toBe('queued');
  });
});
