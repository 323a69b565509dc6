import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Dataset,
  DatasetList,
  DatasetRowPage,
  DatasetStatistics,
  Model,
  ModelVersion,
  SamplingJob,
  TrainingJob,
  TrainingJobPage,
} from '#contract';
import { decodeModel, decodeNpy, encodeNpy, encodeSafetensors } from '#storage';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { TestApi, tinyConfig } from './test-api.js';

const octets = { 'content-type': 'application/octet-stream' };

describe.skipIf(!redisAvailable)('Stored things', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  const put = (path: string, bytes: Uint8Array, headers: Record<string, string> = {}) =>
    api.fetch(path, { method: 'PUT', body: new Uint8Array(bytes), headers: { ...octets, ...headers } });
  const remove = (path: string) => api.fetch(path, { method: 'DELETE' });
  const json = async (path: string): Promise<unknown> => (await api.fetch(path)).json();
  const pairs = encodeSafetensors([
    { name: 'observations', dtype: 'float32', shape: [4, 3], data: Float32Array.from({ length: 12 }, (_, i) => i) },
    { name: 'actions', dtype: 'float32', shape: [4, 4, 2], data: Float32Array.from({ length: 32 }, (_, i) => -i) },
  ]);

  describe('A dataset', () => {
    it('is described by its counts, shapes, ranges and hash', async () => {
      const response = await put('/v1/datasets/pairs', pairs);
      expect(response.status).toBe(201);
      const dataset = Dataset.parse(await response.json());
      expect(dataset).toMatchObject({
        name: 'pairs',
        count: 4,
        obsSize: 3,
        actionHorizon: 4,
        actionDim: 2,
        observationRange: { min: 0, max: 11 },
        actionRange: { min: -31, max: 0 },
        sha256: createHash('sha256').update(pairs).digest('hex'),
      });
      expect(await json('/v1/datasets/pairs')).toEqual(dataset);
      expect(await json('/v1/datasets')).toEqual({ items: [dataset] });
    });

    it('shows how its numbers spread, and its rows', async () => {
      const { actions } = DatasetStatistics.parse(await json('/v1/datasets/pairs/statistics'));
      expect(actions).toMatchObject([
        { min: -30, max: 0, mean: -15 },
        { min: -31, max: -1, mean: -16 },
      ]);
      const page = DatasetRowPage.parse(await json('/v1/datasets/pairs/rows?first=3&count=5'));
      expect(page).toMatchObject({ first: 3, observations: [[9, 10, 11]], padding: null });
      expect(page.actions[0]?.[0]).toEqual([-24, -25]);
      expect(await json('/v1/datasets/pairs/statistics')).toMatchObject({ actions });
    });

    it('shows the new numbers when it is replaced', async () => {
      const other = encodeSafetensors([
        { name: 'observations', dtype: 'float32', shape: [2, 1], data: Float32Array.of(0, 1) },
        { name: 'actions', dtype: 'float32', shape: [2, 1, 1], data: Float32Array.of(5, 7) },
      ]);
      expect((await put('/v1/datasets/replaced', pairs)).status).toBe(201);
      expect(await json('/v1/datasets/replaced/statistics')).toMatchObject({ actions: [{ max: 0 }, { max: -1 }] });
      expect((await put('/v1/datasets/replaced', other)).status).toBe(201);
      expect(await json('/v1/datasets/replaced/statistics')).toMatchObject({ actions: [{ min: 5, max: 7 }] });
      expect(await json('/v1/datasets/replaced/rows')).toMatchObject({ actions: [[[5]], [[7]]] });
      expect((await remove('/v1/datasets/replaced')).status).toBe(204);
    });

    it('as wide as a picture is stored and listed, and a wider one than the limit refused', async () => {
      const wide = (obsSize: number) =>
        encodeSafetensors([
          { name: 'observations', dtype: 'uint8', shape: [2, obsSize], data: new Uint8Array(2 * obsSize) },
          { name: 'actions', dtype: 'uint8', shape: [2, 1, 1], data: Uint8Array.of(0, 1) },
        ]);
      const stored = await put('/v1/datasets/pictures', wide(224 * 224 * 3));
      expect(stored.status).toBe(201);
      expect(DatasetList.parse(await json('/v1/datasets')).items).toContainEqual(await stored.json());
      const refused = await put('/v1/datasets/wider', wide(2 ** 20 + 1));
      expect(await refused.json()).toMatchObject({ status: 422, code: 'limit_exceeded' });
      expect((await remove('/v1/datasets/pictures')).status).toBe(204);
    });

    it('whose digest is as declared is stored, and can be deleted', async () => {
      const digest = `sha-256=:${createHash('sha256').update(pairs).digest('base64')}:`;
      expect((await put('/v1/datasets/gone', pairs, { 'content-digest': digest })).status).toBe(201);
      expect((await remove('/v1/datasets/gone')).status).toBe(204);
      expect((await remove('/v1/datasets/gone')).status).toBe(404);
    });

    it('that is cut off half-way leaves nothing', async () => {
      const { hostname, port } = new URL(api.url);
      const socket = connect(Number(port), hostname);
      const head = ['PUT /v1/datasets/half HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/octet-stream'];
      socket.write([...head, `Content-Length: ${pairs.length}`, '', ''].join('\r\n'));
      socket.write(pairs.subarray(0, 100));
      const tmp = () => (existsSync(join(api.directory, 'tmp')) ? readdirSync(join(api.directory, 'tmp')).length : 0);
      await until('the upload has begun', () => Promise.resolve(tmp() > 0 ? true : undefined));
      socket.destroy();
      await until('the upload was forgotten', () => Promise.resolve(tmp() === 0 ? true : undefined));
      expect((await api.fetch('/v1/datasets/half')).status).toBe(404);
    });
  });

  it('an artifact comes back as it was sent, as a download', async () => {
    const npy = encodeNpy({ dtype: 'float64', shape: [1, 3], data: Float64Array.of(1, 2, 3) });
    const { id } = (await (await put('/v1/artifacts', npy)).json()) as { id: string };
    expect(id).toBe(`art_${createHash('sha256').update(npy).digest('hex')}`);
    const response = await api.fetch(`/v1/artifacts/${id}`);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect([...decodeNpy(new Uint8Array(await response.arrayBuffer())).data]).toEqual([1, 2, 3]);
    const accepted = await api.post('/v1/sampling-jobs', { model: 'tiny', observations: { artifact: id } });
    expect(SamplingJob.parse(await accepted.json()).progress.totalRows).toBe(1);
  });

  describe('A model', () => {
    it('is listed with its versions, and its checkpoint is the model', async () => {
      const model = Model.parse(await json('/v1/models/tiny'));
      expect(model).toMatchObject({ name: 'tiny', latestVersion: 1, aliases: {} });
      expect(await json('/v1/models')).toEqual({ items: [model] });
      const version = ModelVersion.parse(await json('/v1/models/tiny/versions/1'));
      expect(version).toMatchObject({ config: { obsSize: 3 }, guidable: false });
      const checkpoint = await (await api.fetch('/v1/models/tiny/versions/1/checkpoint')).arrayBuffer();
      expect(decodeModel(new Uint8Array(checkpoint)).config).toEqual(tinyConfig);
    });

    it('can be sampled by an alias from then on', async () => {
      const alias = { method: 'PUT', headers: { 'content-type': 'application/json' } };
      const set = await api.fetch('/v1/models/tiny/aliases/live', { ...alias, body: '{"version":1}' });
      expect(ModelVersion.parse(await set.json()).version).toBe(1);
      const missing = await api.fetch('/v1/models/tiny/aliases/live', { ...alias, body: '{"version":9}' });
      expect(missing.status).toBe(404);
      const accepted = await api.post('/v1/sampling-jobs', { model: 'tiny@live', observations: [[1, 2, 3]] });
      expect(accepted.status).toBe(202);
    });

    it('that is still being trained cannot be sampled yet', async () => {
      const request = { model: 'coming', dataset: 'pairs', training: { steps: 5, warmupSteps: 0 } };
      const accepted = await api.post('/v1/training-jobs', request, { 'idempotency-key': 'coming' });
      expect(accepted.status).toBe(202);
      const job = TrainingJob.parse(await accepted.json());
      expect(job).toMatchObject({ status: 'queued', dataset: 'pairs', progress: { totalRows: null, totalSteps: 5 } });
      const repeated = await api.post('/v1/training-jobs', request, { 'idempotency-key': 'coming' });
      expect(TrainingJob.parse(await repeated.json()).id).toBe(job.id);
      expect(TrainingJobPage.parse(await json('/v1/training-jobs')).items.map(({ id }) => id)).toEqual([job.id]);

      const early = await api.post('/v1/sampling-jobs', { model: 'coming', observations: [[1, 2, 3]] });
      expect(early.status).toBe(409);
      expect(await early.json()).toMatchObject({ code: 'model_not_ready' });
      expect(await json(`/v1/training-jobs/${job.id}/metrics`)).toEqual({ items: [] });
      expect(await json(`/v1/training-jobs/${job.id}/checkpoints`)).toEqual({ items: [] });

      await api.fetch(`/v1/training-jobs/${job.id}/cancel`, { method: 'POST' });
      const late = await api.post('/v1/sampling-jobs', { model: 'coming', observations: [[1, 2, 3]] });
      expect(late.status).toBe(404);
    });

    it('warns of data beyond the range of the model that it starts from, and of a way out', async () => {
      const sizes = {
        network: { hiddenSize: 16, numLayers: 1 },
        initFrom: 'tiny',
        training: { steps: 5, warmupSteps: 0 },
      };
      const diffusion = { numTrainTimesteps: 100, predictionType: 'sample' };
      const request = { model: 'child', dataset: 'pairs', ...sizes, diffusion };
      const accepted = TrainingJob.parse(await (await api.post('/v1/training-jobs', request)).json());
      expect(accepted.warnings).toContainEqual({
        code: 'range_clipped',
        message: expect.stringContaining('set diffusion.clipSampleRange to at least 31,'),
      });
      const wide = { ...request, diffusion: { ...diffusion, clipSampleRange: 31 } };
      const quiet = TrainingJob.parse(await (await api.post('/v1/training-jobs', wide)).json());
      expect(quiet.warnings.map(({ code }) => code)).not.toContain('range_clipped');
      for (const { id } of [accepted, quiet]) await api.fetch(`/v1/training-jobs/${id}/cancel`, { method: 'POST' });
    });

    it('without the version that was deleted has none', async () => {
      expect((await remove('/v1/models/tiny/versions/1')).status).toBe(204);
      expect((await api.fetch('/v1/models/tiny/versions/1')).status).toBe(404);
      const refused = await api.post('/v1/sampling-jobs', { model: 'tiny', observations: [[1, 2, 3]] });
      expect(refused.status).toBe(404);
    });
  });
});
