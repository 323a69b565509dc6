import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createStrideClient,
  found,
  waitForSamplingJob,
  waitForTrainingJob,
  type Schemas,
  type StrideClient,
} from '#client';
import type { Scope } from '#contract';
import { ApiKeys, Keys } from '#queue';
import { publishTinyModel } from '../api/test-api.js';
import { makeCertificates, opensslAvailable } from '../certificates.js';
import { TestReceiver, type Received } from '../receiver.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { trainingRequest, uploadTinyDataset } from './tiny-model.js';

type Delivery = Schemas['WebhookDelivery'];

describe.skipIf(!redisAvailable || !opensslAvailable)('A webhook', () => {
  const keys = new Keys();
  const directory = mkdtempSync(join(tmpdir(), 'stride-receiver-'));
  let receiver: TestReceiver;
  let stride: TestStride;
  let redis: Redis;
  let secret = '';

  beforeAll(async () => {
    const { authority, server } = makeCertificates(directory, 'DNS:localhost');
    receiver = await TestReceiver.start(server);
    const env = {
      NODE_EXTRA_CA_CERTS: authority.cert,
      STRIDE_WEBHOOK_ALLOW: `localhost:${receiver.port}`,
      STRIDE_THREADS: '1',
    };
    stride = await TestStride.start({ numWorkers: 0, env });
    redis = new Redis(stride.redis.url);
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
    await uploadTinyDataset(stride.client);
  });
  beforeEach(() => {
    receiver.answer = (response) => response.writeHead(204).end();
  });
  afterAll(async () => {
    redis?.disconnect();
    await stride?.stop();
    await receiver?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const submit = async (webhook: Partial<Schemas['Webhook']> = {}): Promise<string> => {
    const hook = { url: `https://localhost:${receiver.port}/hook`, ...webhook };
    const body = { model: 'tiny', observations: [[1, 2, 3]], webhook: hook };
    return found(await stride.client.POST('/v1/sampling-jobs', { body })).id;
  };
  const delivered = (jobId: string): Promise<Received> =>
    receiver.until(({ headers }) => headers['webhook-id'] === `whk_${jobId}`);
  const verify = ({ headers, body }: Received, key = secret): unknown => new Webhook(key).verify(body, headers);
  const list = async (job: string): Promise<Delivery | undefined> =>
    found(await stride.client.GET('/v1/webhook-deliveries', { params: { query: { job } } })).items[0];
  const untilListed = (job: string, wanted: Partial<Delivery>): Promise<Delivery> =>
    until(`delivery of ${job} is ${JSON.stringify(wanted)}`, async () => {
      const delivery = await list(job);
      const agrees = Object.entries(wanted).every(([name, value]) => Reflect.get({ ...delivery }, name) === value);
      return agrees ? delivery : undefined;
    });
  const redeliver = async (job: string): Promise<Delivery> =>
    found(
      await stride.client.POST('/v1/webhook-deliveries/{id}/redeliver', { params: { path: { id: `whk_${job}` } } }),
    );

  it('needs a secret, which is shown once', async () => {
    await expect(submit()).rejects.toMatchObject({ code: 'webhook_secret_missing', status: 409 });
    const made = found(await stride.client.POST('/v1/webhook-secret'));
    expect(made).toMatchObject({ secret: expect.stringMatching(/^whsec_/), previousUntil: null });
    expect(Buffer.from(made.secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    secret = made.secret;
    const again = await stride.client.POST('/v1/webhook-secret');
    expect(again.error).toMatchObject({ code: 'webhook_secret_exists' });
  });

  it('of a job that is cancelled in the queue is called at once', async () => {
    const id = await submit();
    await stride.client.POST('/v1/sampling-jobs/{id}/cancel', { params: { path: { id } } });
    expect(verify(await delivered(id))).toMatchObject({ type: 'job.cancelled', data: { id, status: 'cancelled' } });
  });

  it('is called for an end that nobody marked and that no API saw, once there is one again', async () => {
    const id = await submit();
    await stride.api.stop();
    await stride.startWorker();
    const mark = () => redis.hget(keys.endedWebhooks, id);
    await until('the job has ended', async () => (await mark()) ?? undefined);
    await redis.hdel(keys.endedWebhooks, id); // as if its worker had died before
    await stride.startApi();
    expect(verify(await delivered(id))).toMatchObject({ type: 'job.succeeded', data: { id } });
    await untilListed(id, { status: 'delivered' });
    expect(await redis.exists(keys.awaitedWebhooks, keys.endedWebhooks)).toBe(0);
  });

  it('gets the job as GET shows it', async () => {
    const id = await submit();
    const job = await waitForSamplingJob(stride.client, id);
    expect(verify(await delivered(id))).toEqual({ type: 'job.succeeded', timestamp: job.finishedAt, data: job });
  });

  it('of a training job gets its model', async () => {
    const url = `https://localhost:${receiver.port}/trained`;
    const body = { ...trainingRequest({ model: 'robot', steps: 10 }), webhook: { url } };
    const { id } = found(await stride.client.POST('/v1/training-jobs', { body }));
    await waitForTrainingJob(stride.client, id);
    const data = { id, kind: 'training', result: { model: { name: 'robot', version: 1 } } };
    expect(verify(await delivered(id))).toMatchObject({ type: 'job.succeeded', data });
  });

  it('is not called for an end that it does not want', async () => {
    const unwanted = await submit({ events: ['failed'] });
    await waitForSamplingJob(stride.client, unwanted);
    const wanted = await submit({ events: ['succeeded'] });
    await delivered(wanted);
    expect(receiver.received.some(({ body }) => body.includes(unwanted))).toBe(false);
    expect(await list(unwanted)).toBeUndefined();
  });

  it('is called again after five answers of 500, with the same id and body, until the receiver takes it', async () => {
    let failures = 0;
    receiver.answer = (response) => response.writeHead(failures++ < 5 ? 500 : 200).end();
    const id = await submit();
    for (let attempts = 1; attempts <= 5; attempts++) {
      const waiting = await untilListed(id, { attempts, status: 'waiting' });
      expect(waiting.lastAnswer).toMatchObject({ status: 500, fault: null });
      expect(await redis.smembers(keys.waitingDeliveries('default'))).toEqual([id]);
      expect(Date.parse(waiting.nextAttemptAt ?? '')).toBeGreaterThan(Date.parse(waiting.lastAnswer?.at ?? ''));
      await redeliver(id); // instead of hours
    }
    await untilListed(id, { status: 'delivered', attempts: 6, nextAttemptAt: null });
    expect(await redis.smembers(keys.waitingDeliveries('default'))).toEqual([]);
    const attempts = receiver.received.filter(({ headers }) => headers['webhook-id'] === `whk_${id}`);
    expect(attempts).toHaveLength(6);
    expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
    for (const attempt of attempts) verify(attempt);
  });

  it('is signed by both secrets while they change, and by the new one alone where the old one is known', async () => {
    const rotate = async (query: { overlapSeconds?: number }) =>
      found(await stride.client.POST('/v1/webhook-secret/rotate', { params: { query } }));
    const second = await rotate({});
    expect(second.previousUntil).not.toBeNull();
    const both = await delivered(await submit());
    verify(both, secret);
    verify(both, second.secret);
    const third = await rotate({ overlapSeconds: 0 });
    expect(third.previousUntil).toBeNull();
    const alone = await delivered(await submit());
    verify(alone, third.secret);
    expect(() => verify(alone, second.secret)).toThrow('No matching signature');
    secret = third.secret;
  });

  it('that answers 410 is called no more, until somebody asks for it', async () => {
    receiver.answer = (response) => response.writeHead(410).end();
    const url = `https://localhost:${receiver.port}/gone`;
    const gone = await submit({ url });
    await untilListed(gone, { status: 'failed', attempts: 1 });
    const next = await submit({ url });
    const failed = await untilListed(next, { status: 'failed' });
    expect(await redis.smembers(keys.waitingDeliveries('default'))).toEqual([]);
    expect(failed.lastAnswer).toMatchObject({ status: null, fault: 'receiver_disabled' });
    expect(receiver.received.some(({ body }) => body.includes(next))).toBe(false);
    receiver.answer = (response) => response.writeHead(200).end();
    await redeliver(next);
    verify(await delivered(next));
    await untilListed(next, { status: 'delivered' });
  });

  it('is listed with those of other jobs, newest first, page by page', async () => {
    const page = async (after?: string) =>
      found(await stride.client.GET('/v1/webhook-deliveries', { params: { query: { limit: 3, after } } }));
    const first = await page();
    const second = await page(first.nextCursor ?? '');
    const ids = [...first.items, ...second.items].map(({ jobId }) => jobId);
    expect(ids).toHaveLength(6);
    expect(ids).toEqual([...new Set(ids)].sort((left, right) => right.slice(4).localeCompare(left.slice(4))));
  });

  it('belongs to the owner of its job: its secret, and what became of it', async () => {
    const made = async (owner: string, scope: Scope) =>
      (await new ApiKeys(redis).create({ name: owner, scopes: [scope], owner }, { by: 'test' }))?.key;
    const as = async (owner: string, scope: Scope = 'jobs:write') =>
      createStrideClient(stride.url, { apiKey: await made(owner, scope) });
    const stranger = await as('stranger');
    const shown = async (client: StrideClient) => (await client.GET('/v1/webhook-deliveries')).data?.items;
    await until('keys are asked for', async () => ((await shown(stride.client)) === undefined ? true : undefined));
    expect(await shown(await as('stranger', 'jobs:read'))).toEqual([]);
    expect(await shown(await as('default', 'jobs:read'))).not.toEqual([]);
    const all = await shown(await as('operator', 'admin'));
    expect(all).not.toEqual([]);
    const params = { path: { id: all?.[0]?.id ?? '' } };
    const { error } = await stranger.POST('/v1/webhook-deliveries/{id}/redeliver', { params });
    expect(error).toMatchObject({ code: 'not_found' });
    expect(found(await stranger.POST('/v1/webhook-secret')).secret).not.toBe(secret);
  });

  it('leaves its secret, and what it was sent, in no log', () => {
    const log = stride.api.lines.join('\n');
    expect(log).not.toContain('whsec_');
    expect(log).not.toContain('/hook');
  });
});
