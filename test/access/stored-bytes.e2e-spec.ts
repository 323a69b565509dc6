import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStrideClient, found, type StrideClient } from '#client';
import { ByteClaims, Keys } from '#queue';
import { tinyDataset, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';
import { eventLine, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { codeOf, GuardedApi } from './guarded-api.js';

const LIMIT = 1_000_000;
const OCTETS = { 'content-type': 'application/octet-stream' };

describe.skipIf(!redisAvailable)('The bytes that a key may store', () => {
  let guarded: GuardedApi;
  let worker: TestProcess;
  let claims: ByteClaims;
  let client: StrideClient;
  let key: string;

  beforeAll(async () => {
    guarded = await GuardedApi.start();
    claims = new ByteClaims(guarded.redis);
    worker = new TestProcess({
      name: 'worker',
      script: 'dist/apps/worker/src/main.js',
      env: {
        REDIS_URL: guarded.api.redis.url,
        STRIDE_ARTIFACTS: guarded.api.directory,
        STRIDE_METRICS_PORT: '0',
        STRIDE_QUEUES: 'training',
      },
    });
    await worker.untilLine((line) => eventLine(line, 'ready'));
    key = await guarded.issue({ scopes: ['train', 'jobs:read'], owner: 'she', limits: { bytes: LIMIT } });
    client = createStrideClient(guarded.api.url, { apiKey: key, retryMs: 0 });
    await uploadTinyDataset(client);
  });
  afterAll(async () => {
    await worker.stop();
    await guarded.stop();
  });

  it('count a trained model and the checkpoints that are kept of its training, and none that went', async () => {
    const uploaded = await claims.sum('she');
    expect(uploaded).toBe(tinyDataset().length);
    const { id } = await trainTinyModel(client, { model: 'counted', steps: 40, checkpointEverySteps: 10 });
    const path = { id };
    const { items } = found(await client.GET('/v1/training-jobs/{id}/checkpoints', { params: { path } }));
    expect(items.map(({ step }) => step)).toEqual([40, 30]);
    const version = found(
      await client.GET('/v1/models/{name}/versions/{version}', {
        params: { path: { name: 'counted', version: '1' } },
      }),
    );
    const kept = [version, ...items];
    const sum = kept.reduce((bytes, file) => bytes + file.bytes, uploaded);
    expect(await claims.sum('she')).toBe(sum);
    for (const { sha256 } of kept) expect(await claims.has('she', sha256)).toBe(true);
  });

  it('refuse a training when there is no room at all, and a dataset of unknown length that does not fit', async () => {
    const sum = await claims.sum('she');
    const [listed] = (await guarded.keys.list()).filter(({ owner }) => owner === 'she');
    const limit = (bytes: number) => guarded.keys.limit(listed?.id ?? '', { bytes }, { by: 'test' });
    const headers = { authorization: `Bearer ${key}` };
    const training = { model: 'late', dataset: 'tiny', training: { steps: 5, warmupSteps: 0 } };
    await limit(sum);
    const train = async () => codeOf(await guarded.api.post('/v1/training-jobs', training, headers));
    await expect.poll(train).toBe('429 quota_exceeded');
    await limit(sum + 1);
    const put = async () => {
      const other = tinyDataset().fill(1, -4);
      const init: RequestInit = {
        method: 'PUT',
        body: new Blob([other]).stream(),
        duplex: 'half',
        headers: { ...headers, ...OCTETS },
      };
      return codeOf(await guarded.api.fetch('/v1/datasets/late', init));
    };
    expect(await put()).toBe('429 quota_exceeded');
    expect(await codeOf(await guarded.api.fetch('/v1/datasets/late', { headers }))).toBe('404 dataset_not_found');
    expect(await claims.sum('she')).toBe(sum);
  });

  it('come back when the bytes are gone', async () => {
    const other = new ByteClaims(guarded.redis, '{other}');
    await other.take('she', { sha256: 'gone', bytes: 5 });
    await other.take('she', { sha256: 'there', bytes: 7 });
    await other.prune((sha256) => Promise.resolve(sha256 === 'there'));
    expect([await other.sum('she'), await other.has('she', 'gone')]).toEqual([7, false]);
    await other.release('she', 'there');
    await other.release('she', 'there');
    expect(await other.sum('she')).toBe(0);
    expect(await guarded.redis.hlen(new Keys('{other}').claims('she'))).toBe(0);
  });
});
