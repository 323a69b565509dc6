import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, waitForTrainingJob, type Schemas } from '#client';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { exportedModel } from './exported-model.js';
import { someObservations, trainingRequest, uploadTinyDataset } from './tiny-model.js';

type SamplingRequest = Partial<Schemas['SamplingRequest']>;

/** 30 steps of T = 1,000 are 31 in Edifice's list. */
const STEPS = 30;
const EDIFICE_STEPS = 31;

describe.skipIf(!redisAvailable)("Edifice's conventions", () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await Promise.all([train('plain', {}), train('edifice', { compat: 'edifice' })]);
  });
  afterAll(() => stride.stop());

  async function train(model: string, diffusion: Schemas['DiffusionRequest']): Promise<void> {
    const request = trainingRequest({ model });
    const body = { ...request, diffusion: { ...request.diffusion, ...diffusion } };
    const { id } = found(await stride.client.POST('/v1/training-jobs', { body }));
    expect(await waitForTrainingJob(stride.client, id)).toMatchObject({ status: 'succeeded' });
  }

  async function sample(request: SamplingRequest & { model: string }) {
    const body = { observations: someObservations(2), seed: 5, numInferenceSteps: STEPS, eta: 0.5, ...request };
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const job = await waitForSamplingJob(stride.client, id);
    expect(job).toMatchObject({ status: 'succeeded', error: null });
    return { sha256: job.result?.sha256, steps: job.progress.totalSteps / 2 };
  }

  async function importAs(name: string, change: object): Promise<Response> {
    const checkpoint = await fetch(`${stride.url}/v1/models/plain/versions/1/checkpoint`);
    const { file, config } = exportedModel(new Uint8Array(await checkpoint.arrayBuffer()));
    const settings = { ...config, diffusion: { ...config.diffusion, ...change } };
    const query = `format=onnx&config=${Buffer.from(JSON.stringify(settings)).toString('base64url')}`;
    const headers = { 'content-type': 'application/octet-stream' };
    return fetch(`${stride.url}/v1/models/${name}/versions?${query}`, { method: 'PUT', headers, body: file });
  }

  it('are those of a job that asks for them', async () => {
    const [edifice, plain] = [await sample({ model: 'plain', compat: 'edifice' }), await sample({ model: 'plain' })];
    expect([edifice.steps, plain.steps]).toEqual([EDIFICE_STEPS, STEPS]);
    expect(edifice.sha256).not.toBe(plain.sha256);
  });

  it('are the default of a model that was trained with them, until a job turns them off', async () => {
    expect(await sample({ model: 'edifice' })).toEqual(await sample({ model: 'plain', compat: 'edifice' }));
    expect(await sample({ model: 'edifice', compat: 'none' })).toEqual(await sample({ model: 'plain' }));
    const params = { path: { name: 'edifice', version: '1' } };
    const version = found(await stride.client.GET('/v1/models/{name}/versions/{version}', { params }));
    expect(version.sampling).toMatchObject({ compat: 'edifice' });
  });

  it('are the default of a model that was imported with them, and do not stand in the way of an inversion', async () => {
    expect((await importAs('theirs', {})).status).toBe(201);
    expect((await importAs('theirs-edifice', { compat: 'edifice' })).status).toBe(201);
    const asked = await sample({ model: 'theirs', compat: 'edifice' });
    expect(asked.steps).toBe(EDIFICE_STEPS);
    expect(await sample({ model: 'theirs-edifice' })).toEqual(asked);
    const actions = Array.from({ length: 2 }, () => Array.from({ length: 4 }, () => [0.5, -0.5]));
    const encode = { mode: 'encode', eta: 0, initialActions: actions } as const;
    expect(await sample({ model: 'theirs-edifice', ...encode })).toEqual(await sample({ model: 'theirs', ...encode }));
  });

  it('of another name are refused wherever a default is set', async () => {
    const refusal = { status: 422, code: 'validation_failed', errors: [{ path: 'diffusion.compat' }] };
    const body = { ...trainingRequest({ model: 'new' }), diffusion: { compat: 'diffusers' } };
    const training = await fetch(`${stride.url}/v1/training-jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await training.json()).toMatchObject(refusal);
    expect(await (await importAs('new', { compat: 'diffusers' })).json()).toMatchObject(refusal);
  });
});
