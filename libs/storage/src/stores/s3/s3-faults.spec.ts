import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BUCKET, refusal, TestS3, type Fault, type S3Request } from '../../../testing/s3-server.js';
import { openStore } from '../open-store.js';
import { allPages, type Store } from '../store.js';

const bytes = Buffer.alloc(300_000, 'some bytes');
const large = Buffer.alloc(20 * 1_048_576, 'Stride');
const cache = mkdtempSync(join(tmpdir(), 'stride-cache-'));
let s3: TestS3;
let store: Store;

beforeAll(async () => {
  s3 = await TestS3.start();
});
afterAll(async () => {
  await s3.stop();
  rmSync(cache, { recursive: true });
});
beforeEach(async () => {
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  store = openStore(`s3://${BUCKET}/${randomUUID()}`, { cache, cacheBytes: 0 });
  await store.check();
});
afterEach(() => {
  s3.fault = undefined;
  vi.unstubAllEnvs();
  // Whatever happens on the way, nothing stays on this machine.
  expect(readdirSync(cache).flatMap((name) => readdirSync(join(cache, name, 'tmp')))).toEqual([]);
  s3.requests.length = 0;
});

/** The first `times` answers to what `which` wants are `instead`. */
function first(times: number, which: (seen: S3Request) => boolean, instead: Awaited<ReturnType<Fault>>): Fault {
  let left = times;
  return async (seen, answer) => (which(seen) && left-- > 0 ? instead : answer());
}
const isGet = ({ method }: S3Request) => method === 'GET';
const isPut = ({ method, query }: S3Request) => method === 'PUT' && !query.has('uploadId');
const isPart = ({ method, query }: S3Request) => method === 'PUT' && query.has('partNumber');

describe('a server that fails now and then', () => {
  it.each([
    ['500', refusal(500, 'InternalError')],
    ['503 SlowDown', refusal(503, 'SlowDown')],
    ['no answer', 'lost'],
  ] as const)('is asked again after %s', async (_, instead) => {
    s3.fault = first(2, isPut, instead);
    const { sha256 } = await store.blobs.put(bytes);
    s3.fault = first(2, isGet, instead);
    expect(bytes.equals((await store.blobs.get(sha256)) ?? Buffer.of())).toBe(true);
    s3.fault = first(2, isPart, instead);
    const { sha256: larger } = await store.blobs.put(large);
    expect(large.equals((await store.blobs.get(larger)) ?? Buffer.of())).toBe(true);
  });

  it('goes on from where an answer broke off, and does not ask for the rest of it again', async () => {
    const { sha256 } = await store.blobs.put(bytes);
    s3.fault = first(3, isGet, 'cut');
    s3.requests.length = 0;
    const opened = await store.blobs.open(sha256);
    expect(opened && bytes.equals(await buffer(opened.stream))).toBe(true);
    const ranges = s3.requests.map(({ headers }) => Number(/\d+/.exec(headers.range ?? '0')?.[0]));
    expect(ranges).toHaveLength(4);
    expect(ranges).toEqual([...new Set(ranges)].sort((a, b) => a - b));
    s3.fault = first(1, isGet, 'cut');
    const part = await store.blobs.get(sha256, { start: 5, end: 299_000 });
    expect(bytes.subarray(5, 299_000).equals(part ?? Buffer.of())).toBe(true);
  });

  it('shows nothing of an upload that fails for good, and takes its parts back', async () => {
    s3.fault = async (seen, answer) => (isPart(seen) ? refusal(500, 'InternalError') : answer());
    await expect(store.blobs.put(large)).rejects.toMatchObject({ code: 'artifact_store_error' });
    s3.fault = undefined;
    expect(s3.requests.some(({ method, query }) => method === 'DELETE' && query.has('uploadId'))).toBe(true);
    const listed = [];
    for await (const blob of allPages((after) => store.blobs.list(after))) listed.push(blob);
    expect(listed).toEqual([]);
  });

  it.each(['get', 'open'] as const)('notices bytes that are not the ones it stored: %s', async (how) => {
    const { sha256 } = await store.blobs.put(bytes);
    s3.fault = async (seen, answer) => {
      const given = await answer();
      if (isGet(seen)) given.body[1_000] ^= 1;
      return given;
    };
    const reading =
      how === 'get'
        ? () => store.blobs.get(sha256)
        : async () => buffer((await store.blobs.open(sha256))?.stream ?? Readable.from([]));
    await expect(reading()).rejects.toMatchObject({ name: 'StorageError', code: 'artifact_corrupt' });
  });

  it('takes a record for written when only the answer was lost', async () => {
    const key = 'models/pens/version-1.json';
    const lost: Fault = async (seen, answer) => {
      const given = await answer();
      if (!isPut(seen)) return given;
      s3.fault = undefined;
      return 'lost';
    };
    s3.fault = lost;
    const version = await store.records.write(key, '"mine"', 'absent');
    expect(await store.records.read(key)).toEqual({ text: '"mine"', version });
    s3.fault = lost;
    const next = await store.records.write(key, '"next"', { version: version ?? '' });
    expect(await store.records.read(key)).toEqual({ text: '"next"', version: next });
    s3.fault = first(1, isPut, 'lost');
    expect(await store.records.write(key, '"other"', 'absent')).toBeUndefined();
  });

  it('is asked once more where two wrote at the same moment', async () => {
    s3.fault = first(1, isPut, refusal(409, 'ConditionalRequestConflict'));
    expect(await store.records.write('models/a.json', '{}', 'absent')).toBeDefined();
  });

  it('gives a record whole, although answers break off', async () => {
    const text = JSON.stringify('a'.repeat(50_000));
    await store.records.write('models/a.json', text);
    s3.fault = first(2, isGet, 'cut');
    expect((await store.records.read('models/a.json'))?.text).toBe(text);
  });
});

describe('a server that refuses', () => {
  it.each([
    [404, 'NoSuchBucket', 'there is no such bucket'],
    [403, 'AccessDenied', 'the credentials do not permit it'],
    [403, 'InvalidAccessKeyId', 'does not know the access key'],
    [403, 'SignatureDoesNotMatch', 'the secret key is wrong'],
    [403, 'RequestTimeTooSkewed', 'clock'],
    [400, 'AuthorizationHeaderMalformed', 'AWS_REGION'],
    [400, 'Unknown', 'the server answers 400 (Unknown)'],
  ])('says so: %i %s', async (status, code, reason) => {
    s3.fault = () => Promise.resolve(refusal(status, code));
    const calls = [
      () => store.check(),
      () => store.blobs.put(bytes),
      () => store.blobs.get('ab'.repeat(32)),
      () => store.records.read('a.json'),
    ];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        code: 'artifact_store_error',
        message: expect.stringContaining(reason) as string,
      });
  });

  it.each([
    [507, 'InsufficientStorage'],
    [400, 'QuotaExceeded'],
  ])('is full: %i %s', async (status, code) => {
    s3.fault = () => Promise.resolve(refusal(status, code));
    await expect(store.blobs.put(bytes)).rejects.toMatchObject({ code: 'storage_full' });
  });

  it('is not reachable', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:9');
    const away = openStore(`s3://${BUCKET}`, { cache, cacheBytes: 0 });
    await expect(away.check()).rejects.toMatchObject({
      code: 'artifact_store_error',
      message: 'cannot write to the bucket: the server is not reachable (ECONNREFUSED)',
    });
  });

  it('names neither key, nor secret, nor address in what it says', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'very-secret');
    s3.fault = () => Promise.resolve(refusal(403, 'SignatureDoesNotMatch'));
    const error: unknown = await openStore(`s3://${BUCKET}`, { cache, cacheBytes: 0 })
      .check()
      .catch((caught: unknown) => caught);
    const said = JSON.stringify([String(error), error instanceof Error ? error.stack : '', error]);
    for (const secret of ['very-secret', s3.env.AWS_ACCESS_KEY_ID, BUCKET]) expect(said).not.toContain(secret);
  });
});
