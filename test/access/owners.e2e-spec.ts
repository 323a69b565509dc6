import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keys } from '#queue';
import { newJobId, SamplingJob, SamplingJobPage, type SamplingJobData } from '#contract';
import { encodeNpy, encodeSafetensors } from '#storage';
import { playedResult, playWorker } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { GuardedApi, type Tenant } from './guarded-api.js';

const dataset = encodeSafetensors([
  { name: 'observations', dtype: 'float32', shape: [4, 3], data: Float32Array.from({ length: 12 }, (_, i) => i) },
  { name: 'actions', dtype: 'float32', shape: [4, 4, 2], data: Float32Array.from({ length: 32 }, (_, i) => -i) },
]);
const tensor = encodeNpy({ dtype: 'float32', shape: [1, 3], data: Float32Array.of(1, 2, 3) });
const training = { dataset: 'hers', training: { steps: 5, warmupSteps: 0 } };
const sampling = { model: 'hers', observations: [[1, 2, 3]] };

describe.skipIf(!redisAvailable)('What is hers', () => {
  let guarded: GuardedApi;
  let she: Tenant;
  let he: Tenant;
  let admin: Tenant;
  let worker: { close(): Promise<void> };
  const ids = { sampling: '', training: '', artifact: '' };

  beforeAll(async () => {
    guarded = await GuardedApi.start();
    she = await guarded.tenant('she');
    he = await guarded.tenant('he');
    admin = await guarded.tenant('boss', { scopes: ['admin'] });
    const { url } = guarded.api.redis;
    worker = await playWorker(url, (job) => Promise.resolve(playedResult(job.data as SamplingJobData)));
    const file = await admin.ask('GET', '/v1/models/tiny/versions/1/checkpoint');
    const checkpoint = new Uint8Array(await file.arrayBuffer());
    for (const [owner, name] of [
      [she, 'hers'],
      [he, 'his'],
    ] as const)
      expect(await owner.code('PUT', `/v1/models/${name}/versions`, checkpoint)).toBe('201');
    expect(await she.code('PUT', '/v1/datasets/hers', dataset)).toBe('201');
    ids.artifact = await she.id('PUT', '/v1/artifacts', tensor);
    ids.training = await she.id('POST', '/v1/training-jobs', { ...training, model: 'coming' });
    ids.sampling = await she.id('POST', '/v1/sampling-jobs', sampling);
    await until('her job has ended', async () =>
      (await she.ask('GET', `/v1/sampling-jobs/${ids.sampling}/result`)).status === 200 ? true : undefined,
    );
  });
  afterAll(async () => {
    await worker.close();
    await guarded.stop();
  });

  const foreign: [method: string, path: string, code: string, body?: object][] = [
    ['GET', '/v1/models/hers', 'model_not_found'],
    ['GET', '/v1/models/hers/versions/1', 'model_not_found'],
    ['GET', '/v1/models/hers/versions/1/checkpoint', 'model_not_found'],
    ['GET', '/v1/models/hers/versions/1/sampler.onnx', 'model_not_found'],
    ['PUT', '/v1/models/hers/aliases/best', 'model_not_found', { version: 1 }],
    ['DELETE', '/v1/models/hers/versions/1', 'model_not_found'],
    ['GET', '/v1/datasets/hers', 'dataset_not_found'],
    ['GET', '/v1/datasets/hers/statistics', 'dataset_not_found'],
    ['GET', '/v1/datasets/hers/rows', 'dataset_not_found'],
    ['DELETE', '/v1/datasets/hers', 'dataset_not_found'],
    ['GET', '/v1/artifacts/:artifact', 'artifact_not_found'],
    ['GET', '/v1/sampling-jobs/:sampling', 'not_found'],
    ['GET', '/v1/sampling-jobs/:sampling/result', 'not_found'],
    ['GET', '/v1/sampling-jobs/:sampling/events', 'not_found'],
    ['POST', '/v1/sampling-jobs/:sampling/cancel', 'not_found'],
    ['GET', '/v1/training-jobs/:training', 'not_found'],
    ['GET', '/v1/training-jobs/:training/metrics', 'not_found'],
    ['GET', '/v1/training-jobs/:training/checkpoints', 'not_found'],
    ['GET', '/v1/training-jobs/:training/events', 'not_found'],
    ['POST', '/v1/training-jobs/:training/cancel', 'not_found'],
    ['POST', '/v1/sampling-jobs', 'model_not_found', sampling],
    ['POST', '/v1/sampling-jobs', 'model_not_found', { ...sampling, model: 'hers@1' }],
    ['POST', '/v1/sampling-jobs', 'model_not_found', { ...sampling, model: 'coming' }],
    ['POST', '/v1/sampling-jobs', 'artifact_not_found', { model: 'his', observations: { artifact: ':artifact' } }],
    ['POST', '/v1/training-jobs', 'dataset_not_found', { ...training, model: 'new' }],
  ];

  it.each(foreign)('is 404 to him: %s %s is %s', async (method, path, code, body) => {
    const filled = (text: string) =>
      text.replace(/:(sampling|training|artifact)/, (_, kind: keyof typeof ids) => ids[kind]);
    const sent: object | undefined = body && JSON.parse(filled(JSON.stringify(body)));
    expect(await he.code(method, filled(path), sent)).toBe(`404 ${code}`);
  });

  it('answers him as what is not there does', async () => {
    const answer = async (id: string) => {
      const response = await he.ask('GET', `/v1/sampling-jobs/${id}/result`);
      return `${response.status} ${(await response.text()).replaceAll(id, 'ID').replace(/"requestId":"[^"]*"/, '')}`;
    };
    expect(await answer(ids.sampling)).toBe(await answer(newJobId('sampling')));
  });

  it('has names that he cannot take, with what is about to come', async () => {
    const file = await he.ask('GET', '/v1/models/his/versions/1/checkpoint');
    const checkpoint = new Uint8Array(await file.arrayBuffer());
    expect(await he.code('PUT', '/v1/datasets/his', dataset)).toBe('201');
    for (const name of ['hers', 'coming', 'tiny'])
      expect(await he.code('PUT', `/v1/models/${name}/versions`, checkpoint)).toBe('409 name_taken');
    expect(await he.code('PUT', '/v1/datasets/hers', dataset)).toBe('409 name_taken');
    const job = { ...training, dataset: 'his', model: 'hers' };
    expect(await he.code('POST', '/v1/training-jobs', job)).toBe('409 name_taken');
  });

  it('says whose it is', async () => {
    const ownerOf = async (path: string) => {
      const { owner }: { owner?: string } = JSON.parse(await (await admin.ask('GET', path)).text());
      return owner;
    };
    const hers = [
      `/v1/sampling-jobs/${ids.sampling}`,
      `/v1/training-jobs/${ids.training}`,
      '/v1/models/hers',
      '/v1/models/hers/versions/1',
      '/v1/datasets/hers',
    ];
    for (const path of hers) expect([path, await ownerOf(path)]).toEqual([path, 'she']);
    expect(await ownerOf('/v1/models/tiny')).toBe('default'); // stored before there were keys
  });

  it('is on no list of his, whose lists hold what is his, and on the lists of an admin', async () => {
    const own = await he.id('POST', '/v1/sampling-jobs', { ...sampling, model: 'his' });
    const names = async (tenant: Tenant, path: string) => {
      const { items }: { items: { id?: string; name?: string }[] } = JSON.parse(
        await (await tenant.ask('GET', path)).text(),
      );
      return items.map(({ id, name }) => id ?? name ?? '').sort();
    };
    expect(await names(he, '/v1/models')).toEqual(['his']);
    expect(await names(he, '/v1/datasets')).toEqual(['his']);
    expect(await names(he, '/v1/sampling-jobs')).toEqual([own]);
    expect(await names(he, '/v1/training-jobs')).toEqual([]);
    expect(await names(she, '/v1/sampling-jobs')).toEqual([ids.sampling]);
    expect(await names(admin, '/v1/sampling-jobs')).toEqual([ids.sampling, own].sort());
    expect(await names(admin, '/v1/models')).toEqual(['hers', 'his', 'tiny']);
    expect(await guarded.redis.zcard(new Keys().index('sampling', 'he'))).toBe(1);
  });

  it('is not found by his Idempotency-Key, nor superseded by his key, though they are the same words', async () => {
    const headers = { 'idempotency-key': 'same' };
    await worker.close();
    const mine = await she.id('POST', '/v1/sampling-jobs', { ...sampling, supersedeKey: 'arm' }, headers);
    const body = { ...sampling, model: 'his', supersedeKey: 'arm' };
    const his = await he.id('POST', '/v1/sampling-jobs', body, headers);
    expect(his).not.toBe(mine);
    expect(await he.id('POST', '/v1/sampling-jobs', body, headers)).toBe(his);
    const job = SamplingJob.parse(await (await she.ask('GET', `/v1/sampling-jobs/${mine}`)).json());
    expect(job.status).toBe('queued');
  });

  it('is hers no more when a training of hers has ended without a version: its name is his who comes next', async () => {
    expect(await he.code('PUT', '/v1/datasets/own', dataset)).toBe('201');
    const body = { ...training, model: 'given-up' };
    const job = await she.id('POST', '/v1/training-jobs', body);
    expect(await he.code('POST', '/v1/training-jobs', { ...body, dataset: 'own' })).toBe('409 name_taken');
    expect(await she.code('POST', `/v1/training-jobs/${job}/cancel`)).toBe('202');
    expect(await he.code('POST', '/v1/training-jobs', { ...body, dataset: 'own' })).toBe('202');
    expect(await she.code('POST', '/v1/training-jobs', body)).toBe('409 name_taken');
  });

  it('is no name of what he tried to import', async () => {
    const damaged = Uint8Array.of(1, 2, 3);
    expect(await he.code('PUT', '/v1/models/failed/versions', damaged)).toMatch(/^422 /);
    const file = await she.ask('GET', '/v1/models/hers/versions/1/checkpoint');
    const checkpoint = new Uint8Array(await file.arrayBuffer());
    expect(await she.code('PUT', '/v1/models/failed/versions', checkpoint)).toBe('201');
    expect(await she.code('DELETE', '/v1/models/failed/versions/1')).toBe('204');
  });

  it('is as it was after all that', async () => {
    expect((await she.ask('GET', '/v1/models/hers')).status).toBe(200);
    expect((await she.ask('GET', '/v1/datasets/hers')).status).toBe(200);
    expect((await she.ask('GET', `/v1/artifacts/${ids.artifact}`)).status).toBe(200);
    expect((await she.ask('GET', `/v1/sampling-jobs/${ids.sampling}/result`)).status).toBe(200);
    const job = SamplingJob.parse(await (await she.ask('GET', `/v1/sampling-jobs/${ids.sampling}`)).json());
    expect(job.status).toBe('succeeded');
    expect(await she.code('POST', `/v1/training-jobs/${ids.training}/cancel`)).toBe('202');
    const page = SamplingJobPage.parse(await (await admin.ask('GET', '/v1/sampling-jobs')).json());
    expect(page.items.map(({ id }) => id)).toContain(ids.sampling);
  });
});
