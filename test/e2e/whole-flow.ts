import { followEvents, found, waitForSamplingJob, type StrideClient } from '#client';
import type { TestStride } from '../stride.js';
import { until } from '../until.js';
import { someObservations, trainTinyModel } from './tiny-model.js';

const request = { model: 'tiny', observations: someObservations(2), numInferenceSteps: 10, seed: 1 };

/**
 * Everything that a client can ask of a running system and that goes through Redis: training, sampling,
 * following, repeating, superseding, cancelling, webhooks, lists, and what operators look at.
 * @returns the SHA-256 of the request's result
 */
export async function runWholeFlow({ client, url }: TestStride): Promise<string | undefined> {
  await trainTinyModel(client, { model: 'tiny', checkpointEverySteps: 20 });
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const post = (body: object, more: object = {}) =>
    client.POST('/v1/sampling-jobs', { body: { ...request, ...body }, ...more });
  const { id } = found(await post({}, { headers }));
  if (found(await post({}, { headers })).id !== id) throw new Error('a repeat got a job of its own');
  const ends: string[] = [];
  for await (const { type } of followEvents(client, id)) ends.push(type);
  if (ends.at(-1) !== 'succeeded') throw new Error(`followed until ${ends.at(-1)}`);
  for (const supersedeKey of ['robot', 'robot']) found(await post({ supersedeKey, priority: 'bulk' }));
  const slow = found(await post({ observations: someObservations(16), numInferenceSteps: 1_000 }));
  await client.POST('/v1/sampling-jobs/{id}/cancel', { params: { path: { id: slow.id } } });
  await until('the cancelled job has ended', async () => {
    const job = found(await client.GET('/v1/sampling-jobs/{id}', { params: { path: { id: slow.id } } }));
    return job.status === 'cancelled' || job.status === 'succeeded' ? true : undefined;
  });
  await callNobody(client);
  const paths = ['/v1/sampling-jobs?limit=2', '/v1/training-jobs', '/v1/stats', '/v1/workers', '/health/ready'];
  for (const path of [...paths, '/metrics', '/queues/api/queues']) {
    const response = await fetch(`${url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
  return (await waitForSamplingJob(client, id)).result?.sha256;
}

/** A webhook whose receiver has no address anywhere, and what its owner does about it. */
async function callNobody(client: StrideClient): Promise<void> {
  found(await client.POST('/v1/webhook-secret/rotate'));
  const webhook = { url: 'https://nobody.invalid/' };
  const { id } = found(await client.POST('/v1/sampling-jobs', { body: { ...request, webhook } }));
  await until('its delivery has failed once', async () => {
    const { items } = found(await client.GET('/v1/webhook-deliveries'));
    return items.some((delivery) => delivery.jobId === id && delivery.attempts > 0) || undefined;
  });
  const params = { path: { id: `whk_${id}` } };
  found(await client.POST('/v1/webhook-deliveries/{id}/redeliver', { params }));
}
