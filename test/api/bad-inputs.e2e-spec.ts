import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newJobId } from '#jobs';
import { encodeNpy, encodeSafetensors } from '#storage';
import { redisAvailable } from '../redis.js';
import { sendRaw, type RawAnswer } from './raw-http.js';
import { TestApi } from './test-api.js';

type Answer = RawAnswer | undefined;
/** What is sent, the status and code of the refusal, and the path of the field that it names. */
type Row = readonly [
  name: string,
  send: (api: TestApi) => Promise<Answer>,
  status: number,
  code: string,
  path?: string,
];

const JOBS = '/v1/sampling-jobs';
const TRAINING = '/v1/training-jobs';
const good = { model: 'tiny', observations: [[1, 2, 3]] };
const goodTraining = { model: 'new', dataset: 'pairs' };
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const artifactId = `art_${'0'.repeat(64)}`;

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
};
const send = (path: string, init?: RequestInit) => async (api: TestApi) => answerOf(await api.fetch(path, init));
const post = (path: string, body: unknown, headers?: Record<string, string>) => async (api: TestApi) =>
  answerOf(await api.post(path, body, headers));
const job = (change: object) => post(JOBS, { ...good, ...change });
const training = (change: object) => post(TRAINING, { ...goodTraining, ...change });
const put = (path: string, body: Uint8Array | string, headers?: Record<string, string>) =>
  send(path, {
    method: 'PUT',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });
const artifact = (body: Uint8Array | string, headers?: Record<string, string>) => put('/v1/artifacts', body, headers);
const dataset = (body: Uint8Array | string) => put('/v1/datasets/refused', body);
const raw =
  (...lines: readonly string[]) =>
  (api: TestApi) =>
    sendRaw(api.url, lines.join('\r\n'));
const pairs = (observations: readonly number[], actions: readonly number[]) =>
  encodeSafetensors([
    { name: 'observations', dtype: 'float32', shape: observations, data: filled(observations) },
    { name: 'actions', dtype: 'float32', shape: actions, data: filled(actions) },
  ]);
const filled = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i);
const vf = (path: string) => [422, 'validation_failed', path] as const;

const protocol: readonly Row[] = [
  ['20 kB of headers', send('/v1/models', { headers: { 'x-large': 'x'.repeat(20_000) } }), 431, 'headers_too_large'],
  ['an unknown route', send('/v1/nothing'), 404, 'not_found'],
  ['an unknown route with a body', post('/v1/nothing', 'text', { 'content-type': 'text/plain' }), 404, 'not_found'],
  ['a method the route does not take', send(JOBS, { method: 'DELETE' }), 405, 'method_not_allowed'],
  ['text/plain', post(JOBS, '{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
  ['no media type', send(JOBS, { method: 'POST', body: Buffer.from('{}') }), 415, 'unsupported_media_type'],
  ['XML', post(JOBS, '<a/>', { 'content-type': 'application/xml' }), 415, 'unsupported_media_type'],
  [
    'multipart',
    post(JOBS, '--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
    415,
    'unsupported_media_type',
  ],
  [
    'JSON where bytes are expected',
    put('/v1/artifacts', '{}', { 'content-type': 'application/json' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a gzip body',
    send(JOBS, {
      method: 'POST',
      body: new Uint8Array(gzipSync(JSON.stringify(good))),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    }),
    415,
    'unsupported_encoding',
  ],
  ['JSON of 1 MiB + 1', post(JOBS, `"${'x'.repeat(1_048_575)}"`), 413, 'payload_too_large'],
  [
    'chunked JSON of more than 1 MiB',
    (api) =>
      sendRaw(api.url, head('POST', JOBS, 'Transfer-Encoding: chunked'), `120000\r\n${'x'.repeat(0x120000)}\r\n`),
    413,
    'payload_too_large',
  ],
  [
    'Content-Length and Transfer-Encoding',
    raw(head('POST', JOBS, 'Content-Length: 2', 'Transfer-Encoding: chunked'), '{}'),
    400,
    'bad_request',
  ],
  ['a request line that is none', raw('HELLO', '', ''), 400, 'bad_request'],
  ['a foreign Origin', send('/v1/models', { headers: { origin: 'https://evil.example' } }), 403, 'forbidden_origin'],
  ['a foreign Host', raw('GET /v1/models HTTP/1.1', 'Host: evil.example', '', ''), 403, 'forbidden_origin'],
  ['%2e%2e%2f in a name', send('/v1/models/%2e%2e%2fx'), 400, 'invalid_id'],
  ['%00 in a name', send('/v1/datasets/a%00b'), 400, 'invalid_id'],
  ['%zz in a name', send('/v1/datasets/%zz'), 400, 'invalid_id'],
  ['an empty path segment', send('/v1//models'), 404, 'not_found'],
  ['..;/ in a path', send('/v1/..;/models'), 404, 'not_found'],
];

const json: readonly Row[] = [
  ['an empty body', post(JOBS, ''), 400, 'invalid_json'],
  ['null', post(JOBS, 'null'), ...vf('')],
  ['a list', post(JOBS, '[]'), ...vf('')],
  ['a string', post(JOBS, '"x"'), ...vf('')],
  ['a number', post(JOBS, '42'), ...vf('')],
  ['truncated JSON', post(JOBS, '{"model":"tiny"'), 400, 'invalid_json'],
  ['a trailing comma', post(JOBS, '{"model":"tiny",}'), 400, 'invalid_json'],
  ['a byte order mark', post(JOBS, '\ufeff{}'), 400, 'invalid_json'],
  [
    'bad UTF-8',
    send(JOBS, {
      method: 'POST',
      body: Uint8Array.of(0x22, 0xff, 0x22),
      headers: { 'content-type': 'application/json' },
    }),
    400,
    'invalid_json',
  ],
  ['10,000 levels', post(JOBS, nested(10_000)), 400, 'invalid_json'],
  ['a name given twice', post(JOBS, '{"model":"a","model":"tiny"}'), 400, 'invalid_json'],
  ['__proto__', post(JOBS, '{"model":"tiny","__proto__":{"admin":true}}'), 422, 'unknown_field', '__proto__'],
  [
    'constructor.prototype',
    post(JOBS, { ...good, constructor: { prototype: {} } }),
    422,
    'unknown_field',
    'constructor',
  ],
  ['an unknown field', job({ steps: 10 }), 422, 'unknown_field', 'steps'],
  ['an unknown field of a tensor', job({ observations: { artifact: artifactId, x: 1 } }), 422, 'unknown_field'],
  ['a string for a number', job({ numInferenceSteps: '50' }), ...vf('numInferenceSteps')],
  ['1 for a boolean', job({ clipSample: 1 }), ...vf('clipSample')],
  ['a NaN literal', post(JOBS, '{"model":"tiny","eta":NaN}'), 400, 'invalid_json'],
  ['an Infinity literal', post(JOBS, '{"model":"tiny","eta":Infinity}'), 400, 'invalid_json'],
  ['1e400', post(JOBS, '{"model":"tiny","observations":[[1,2,3]],"eta":1e400}'), ...vf('eta')],
];

const sampling: readonly Row[] = [
  ...[0, -1, 1.5, 1e9, 101].map((value): Row => [
    `${value} steps`,
    job({ numInferenceSteps: value }),
    ...vf('numInferenceSteps'),
  ]),
  ...[-0.1, 1.1, 1e308].map((value): Row => [`eta ${value}`, job({ eta: value }), ...vf('eta')]),
  ...[-1, 2 ** 53, 0.5, '0x10'].map((value): Row => [`seed ${value}`, job({ seed: value }), ...vf('seed')]),
  ['0 samples', job({ samplesPerObservation: 0 }), ...vf('samplesPerObservation')],
  ['a million rows', job({ samplesPerObservation: 1_000_000 }), 422, 'limit_exceeded', 'samplesPerObservation'],
  ...[-1, 1.5, 100].map((value): Row => [
    `startTimestep ${value}`,
    job({ startTimestep: value, initialActions: [filledActions()] }),
    ...vf('startTimestep'),
  ]),
  ['startTimestep without actions', job({ startTimestep: 5 }), ...vf('initialActions')],
  ['an unknown timestepSpacing', job({ timestepSpacing: 'random' }), ...vf('timestepSpacing')],
  ['an unknown mode', job({ mode: 'paint' }), ...vf('mode')],
  ['guidanceScale 1e9', job({ guidanceScale: 1e9 }), ...vf('guidanceScale')],
  [
    'guidance of a model that was not trained for it',
    job({ guidanceScale: 2 }),
    422,
    'model_not_guidable',
    'guidanceScale',
  ],
  ['thresholding with ratio 0', job({ thresholding: { ratio: 0, maxValue: 1 } }), ...vf('thresholding.ratio')],
  ['an unknown model', job({ model: 'nobody' }), 404, 'model_not_found', 'model'],
  ['an unknown version', job({ model: 'tiny@7' }), 404, 'model_not_found', 'model'],
  ['a model that is no name', job({ model: '../tiny' }), ...vf('model')],
  ['no observations', post(JOBS, { model: 'tiny' }), ...vf('observations')],
  ['observations of the wrong rank', job({ observations: [1, 2, 3] }), 422, 'shape_mismatch', 'observations'],
  ['observations of the wrong size', job({ observations: [[1, 2]] }), 422, 'shape_mismatch', 'observations'],
  ['no observation', job({ observations: [] }), 422, 'shape_mismatch', 'observations'],
  [
    'ragged observations',
    job({
      observations: [
        [1, 2, 3],
        [1, 2],
      ],
    }),
    422,
    'shape_mismatch',
    'observations',
  ],
  ['observations that are no numbers', job({ observations: [['1', '2', '3']] }), ...vf('observations')],
  [
    'base64 shorter than its shape',
    job({ observations: { shape: [1, 3], dtype: 'float32', data: floats(1, 2) } }),
    422,
    'shape_mismatch',
    'observations',
  ],
  [
    'a shape without end',
    job({ observations: { shape: [65_536, 65_536], dtype: 'float32', data: '' } }),
    422,
    'limit_exceeded',
    'observations',
  ],
  ['another dtype', job({ observations: { shape: [1, 3], dtype: 'float64', data: '' } }), 422, 'validation_failed'],
  ['noise of the wrong shape', job({ initialNoise: [[[1, 2]]] }), 422, 'shape_mismatch', 'initialNoise'],
  [
    'a mask of the wrong length',
    job({ fixedActions: { mask: [1], values: [filledActions()] } }),
    422,
    'shape_mismatch',
    'fixedActions.mask',
  ],
  [
    'a mask of the wrong width',
    job({ fixedActions: { mask: [[1], [1], [1], [1]], values: [filledActions()] } }),
    422,
    'shape_mismatch',
    'fixedActions.mask',
  ],
  [
    'fixed values of the wrong shape',
    job({ fixedActions: { mask: [1, 0, 0, 0], values: [[1]] } }),
    422,
    'shape_mismatch',
    'fixedActions.values',
  ],
  [
    '1e400 in an observation',
    post(JOBS, '{"model":"tiny","observations":[[1,2,1e400]]}'),
    422,
    'non_finite_input',
    'observations',
  ],
  [
    'NaN in base64',
    job({ observations: { shape: [1, 3], dtype: 'float32', data: floats(1, Number.NaN, 3) } }),
    422,
    'non_finite_input',
    'observations',
  ],
  ['an artifact that does not exist', job({ observations: { artifact: artifactId } }), 404, 'artifact_not_found'],
  ['priority 5', job({ priority: 5 }), ...vf('priority')],
  ['priority urgent', job({ priority: 'urgent' }), ...vf('priority')],
  ['a webhook', job({ webhook: 'https://example.com/hook' }), ...vf('webhook')],
  ['a webhook that is no URL', job({ webhook: 5 }), ...vf('webhook')],
  ['metadata that is a list', job({ metadata: [1] }), ...vf('metadata')],
  ['metadata with an object inside', job({ metadata: { a: { b: 1 } } }), ...vf('metadata.a')],
  ['deadlineMs 0', job({ deadlineMs: 0 }), ...vf('deadlineMs')],
  ['deadlineMs -1', job({ deadlineMs: -1 }), ...vf('deadlineMs')],
  ['precision int8 of a model without it', job({ precision: 'int8' }), ...vf('precision')],
  ['an empty batch', post(`${JOBS}/batch`, { requests: [] }), ...vf('requests')],
  [
    '1,001 requests in a batch',
    post(`${JOBS}/batch`, { requests: Array.from({ length: 1_001 }, () => ({})) }),
    ...vf('requests'),
  ],
];

const trainingRows: readonly Row[] = [
  ['an unknown dataset', training({ dataset: 'nobody' }), 404, 'dataset_not_found', 'dataset'],
  ...[0, -1, 1e9].map((value): Row => [
    `rate ${value}`,
    training({ training: { learningRate: value } }),
    ...vf('training.learningRate'),
  ]),
  [
    'rate NaN',
    post(TRAINING, '{"model":"new","dataset":"pairs","training":{"learningRate":NaN}}'),
    400,
    'invalid_json',
  ],
  ...[0, 1e7].map((value): Row => [
    `batch ${value}`,
    training({ training: { batchSize: value } }),
    ...vf('training.batchSize'),
  ]),
  ['1e9 steps', training({ training: { steps: 1e9 } }), ...vf('training.steps')],
  ...[1, 2].map((value): Row => [
    `EMA ${value}`,
    training({ training: { emaMaxDecay: value } }),
    ...vf('training.emaMaxDecay'),
  ]),
  ['an odd hiddenSize', training({ network: { hiddenSize: 33 } }), ...vf('network.hiddenSize')],
  ['an unknown preset', training({ preset: 'fast' }), ...vf('preset')],
  [
    'more inference steps than timesteps',
    training({ diffusion: { numInferenceSteps: 500 } }),
    ...vf('diffusion.numInferenceSteps'),
  ],
  ['an initial model of another architecture', training({ initFrom: 'tiny' }), 409, 'checkpoint_mismatch', 'initFrom'],
  ['an unknown initial model', training({ initFrom: 'nobody' }), 404, 'model_not_found'],
  ['a webhook', training({ webhook: 'https://example.com/hook' }), ...vf('webhook')],
];

const ids: readonly Row[] = [
  ...['123', 'a:b', '0:1', 'x'.repeat(10_000), '%F0%9F%98%80', newJobId('training')].map((id): Row => [
    `the job id ${id.slice(0, 40)}`,
    send(`${JOBS}/${id}`),
    400,
    'invalid_id',
  ]),
  ['a model name in capitals', send('/v1/models/Tiny'), 400, 'invalid_id'],
  ['a version 0', send('/v1/models/tiny/versions/0'), 400, 'invalid_id'],
  [
    'an alias that is a number',
    put('/v1/models/tiny/aliases/3', '{"version":1}', { 'content-type': 'application/json' }),
    400,
    'invalid_id',
  ],
  ['an artifact id that is a path', send('/v1/artifacts/..%2f..%2fetc'), 400, 'invalid_id'],
  ['a job that does not exist', send(`${JOBS}/${newJobId('sampling')}`), 404, 'not_found'],
  ['events of a job that does not exist', send(`${JOBS}/${newJobId('sampling')}/events`), 404, 'not_found'],
  ['the result of a job that does not exist', send(`${JOBS}/${newJobId('sampling')}/result`), 410, 'result_expired'],
  [
    'cancelling a job that does not exist',
    send(`${JOBS}/${newJobId('sampling')}/cancel`, { method: 'POST' }),
    404,
    'not_found',
  ],
  ['an artifact that does not exist', send(`/v1/artifacts/${artifactId}`), 404, 'artifact_not_found'],
  ['a dataset that does not exist', send('/v1/datasets/nobody'), 404, 'dataset_not_found'],
  ['a model that does not exist', send('/v1/models/nobody'), 404, 'model_not_found'],
  [
    'an empty Idempotency-Key',
    (api) => {
      const body = JSON.stringify(good);
      return sendRaw(api.url, head('POST', JOBS, `Content-Length: ${body.length}`, 'Idempotency-Key: '), body);
    },
    400,
    'invalid_idempotency_key',
  ],
  [
    'an Idempotency-Key of 256 characters',
    post(JOBS, good, { 'idempotency-key': 'x'.repeat(256) }),
    400,
    'invalid_idempotency_key',
  ],
  ['an Idempotency-Key with a space', post(JOBS, good, { 'idempotency-key': 'a b' }), 400, 'invalid_idempotency_key'],
  ['a forged cursor', send(`${JOBS}?after=${Buffer.from('smp_0').toString('base64url')}`), 400, 'invalid_cursor'],
  [
    'a forged Last-Event-ID',
    send(`${JOBS}/${newJobId('sampling')}/events`, { headers: { 'last-event-id': 'x' } }),
    400,
    'invalid_cursor',
  ],
  ...['0', '-1', '1000000', 'x'].map((value): Row => [
    `limit ${value}`,
    send(`${JOBS}?limit=${value}`),
    ...vf('limit'),
  ]),
  ['an unknown status', send(`${JOBS}?status=done`), ...vf('status')],
  ['an unknown query parameter', send(`${JOBS}?stat=queued`), 422, 'unknown_field', 'stat'],
];

const npy = encodeNpy({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
const npyWith = (header: string, data: number) => {
  const padded = header.padEnd(118 - 10 - 1) + '\n';
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([1, 0, padded.length & 255, padded.length >> 8]),
    Buffer.from(padded),
    Buffer.alloc(data),
  ]);
};
const typed = (descr: string, shape: string) => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
const safetensorsWith = (headerText: string, declared = BigInt(headerText.length), data = 16) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared);
  return Buffer.concat([length, Buffer.from(headerText), Buffer.alloc(data)]);
};

const uploads: readonly Row[] = [
  ['nothing', artifact(''), 422, 'unsupported_format'],
  [
    'npy of version 9.9',
    artifact(Buffer.concat([npy.subarray(0, 6), Buffer.from([9, 9]), npy.subarray(8)])),
    422,
    'invalid_npy',
  ],
  ['npy whose header holds code', artifact(npyWith(`__import__('os')`, 16)), 422, 'invalid_npy'],
  ['npy with a negative size', artifact(npyWith(typed('<f4', '(-1,)'), 16)), 422, 'invalid_npy'],
  ...['|O', '<U8', '>f4', '<c16'].map((dtype): Row => [
    `npy of dtype ${dtype}`,
    artifact(npyWith(typed(dtype, '(2,)'), 16)),
    422,
    'unsupported_dtype',
  ]),
  ['npy that lies about its size', artifact(npyWith(typed('<f4', '(65536, 65536)'), 16)), 422, 'size_mismatch'],
  ['npy one byte short', artifact(npy.subarray(0, -1)), 422, 'size_mismatch'],
  ['safetensors with a header of 2^63', artifact(safetensorsWith('{}', 2n ** 63n)), 422, 'invalid_safetensors'],
  [
    'safetensors with offsets past the end',
    artifact(safetensorsWith('{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}')),
    422,
    'invalid_safetensors',
  ],
  ['safetensors with two tensors', artifact(pairs([2, 1], [2, 1, 1])), 422, 'unsupported_format'],
  ['a pickle', artifact(Buffer.from('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.')), 422, 'unsupported_format'],
  ['a GIF', artifact('GIF89a................'), 422, 'unsupported_format'],
  ['HTML', artifact('<!doctype html><html></html>'), 422, 'unsupported_format'],
  [
    'another digest',
    artifact(npy, { 'content-digest': `sha-256=:${createHash('sha256').digest('base64')}:` }),
    422,
    'digest_mismatch',
  ],
  ['a digest that cannot be read', artifact(npy, { 'content-digest': 'md5=x' }), 400, 'bad_request'],
  [
    'more than 64 MiB by its own account',
    (api) =>
      sendRaw(
        api.url,
        head('PUT', '/v1/artifacts', 'Content-Type: application/octet-stream', 'Content-Length: 70000000'),
        'x',
      ),
    413,
    'payload_too_large',
  ],
  ['an empty dataset', dataset(''), 422, 'dataset_invalid'],
  ['a dataset of one row', dataset(pairs([1, 3], [1, 4, 2])), 422, 'dataset_invalid'],
  ['a dataset whose counts differ', dataset(pairs([4, 3], [5, 4, 2])), 422, 'dataset_invalid'],
  ['a dataset without actions', dataset(npy), 422, 'dataset_invalid'],
  ['a dataset that is a GIF', dataset('GIF89a................'), 422, 'unsupported_format'],
];

describe.skipIf(!redisAvailable)('Bad input', () => {
  let api: TestApi;
  let redis: Redis;
  let keysBefore: number;
  let endless: Promise<Answer>;

  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url);
    const stored = await put('/v1/datasets/pairs', pairs([8, 3], [8, 4, 2]))(api);
    expect(stored?.status).toBe(201);
    keysBefore = await redis.dbsize();
    endless = sendRaw(api.url, head('POST', JOBS, 'Transfer-Encoding: chunked'), '1\r\n{\r\n');
  });

  afterAll(async () => {
    redis.disconnect();
    await api.stop(); // throws when anything escaped the process
  });

  const groups: readonly (readonly [name: string, rows: readonly Row[]])[] = [
    ['of the protocol', protocol],
    ['in JSON', json],
    ['in a sampling request', sampling],
    ['in a training request', trainingRows],
    ['in ids, keys and queries', ids],
    ['in an upload', uploads],
  ];
  for (const [group, rows] of groups) {
    describe(group, () => {
      for (const [name, sendIt, status, code, path] of rows) {
        it(`${name} is refused`, async () => {
          const answer = await sendIt(api);
          expect(answer).toMatchObject({ status, body: { status, code } });
          if (path !== undefined && path !== '') expect(pathsOf(answer)).toContain(path);
        });
      }
    });
  }

  it('a body that never ends is refused after 30 s', async () => {
    expect(await endless).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  });

  it('leaves the process alive, and nothing behind in Redis or on disk', async () => {
    expect((await api.fetch('/health/ready')).status).toBe(200);
    expect(await redis.dbsize()).toBe(keysBefore);
    expect(existsSync(join(api.directory, 'tmp')) ? readdirSync(join(api.directory, 'tmp')) : []).toEqual([]);
    expect(existsSync(join(api.directory, 'datasets', 'refused.json'))).toBe(false);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});

function head(method: string, path: string, ...headers: readonly string[]): string {
  const type = headers.some((header) => header.startsWith('Content-Type')) ? [] : ['Content-Type: application/json'];
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...type, ...headers, '', ''].join('\r\n');
}

function pathsOf(answer: Answer): unknown[] {
  const body: unknown = answer?.body;
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return [];
  return body.errors.map(({ path }: { path: string }) => path);
}

function filledActions(): number[][] {
  return Array.from({ length: 4 }, () => [0, 0]);
}
