import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JOB_KINDS, jobsPath, newJobId } from '#contract';
import { createStrideClient } from './stride-client.js';
import { followEvents, type ClientJobEvent } from './job-events.js';
import { found, waitForSamplingJob } from './wait-for-job.js';
import { StrideError } from './stride-error.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const JOB = 'smp_01J00000000000000000000000';
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A service that answers as the test says, one handler per request in turn; the last one stays. */
async function serve(...handlers: readonly Handler[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const handler = handlers[Math.min(requests.length, handlers.length - 1)];
    requests.push(request);
    request.resume().on('end', () => handler?.(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => (server.close(), server.closeAllConnections()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests };
}

const json =
  (status: number, body: unknown): Handler =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const stream =
  (...texts: readonly string[]): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(texts.join(''));
  };
const event = (id: string, type: string) => `id: ${id}\nevent: ${type}\ndata: {"type":"${type}"}\n\n`;
const collect = async (events: AsyncIterable<ClientJobEvent>) => {
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
};

it.each(JOB_KINDS)('the events of a %s job are asked for below the path of its kind', async (kind) => {
  const { url, requests } = await serve(stream(event('1', 'succeeded')));
  const id = newJobId(kind);
  await collect(createStrideClient(url).follow(id));
  expect(requests[0]?.url).toBe(`${jobsPath(kind)}/${id}/events`);
});

describe('a client', () => {
  it('sends a key of its own with every POST, and keeps one that is given', async () => {
    const { url, requests } = await serve(json(202, {}));
    const client = createStrideClient(`${url}/`);
    await client.POST('/v1/sampling-jobs', { body: { model: 'm' } });
    await client.POST('/v1/sampling-jobs', { body: { model: 'm' } });
    await client.POST('/v1/sampling-jobs', { body: { model: 'm' }, headers: { 'Idempotency-Key': 'mine' } });
    await client.GET('/v1/models');
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys.slice(2)).toEqual(['mine', undefined]);
    expect(requests[0]?.url).toBe('/v1/sampling-jobs');
  });

  it('sends keys also from a page over plain http, which has no crypto.randomUUID', async () => {
    const { url, requests } = await serve(json(202, {}));
    const missing = vi.spyOn(crypto, 'randomUUID').mockImplementation(() => {
      throw new TypeError('crypto.randomUUID is not a function');
    });
    await createStrideClient(url).POST('/v1/sampling-jobs', { body: { model: 'm' } });
    missing.mockRestore();
    expect(requests[0]?.headers['idempotency-key']).toBeDefined();
  });

  it('shows its API key where it has one', async () => {
    const { url, requests } = await serve(json(200, { items: [] }));
    await createStrideClient(url, { apiKey: 'stride_x' }).GET('/v1/models');
    await createStrideClient(url).GET('/v1/models');
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer stride_x', undefined]);
  });

  it('turns a problem into an error with its code, and any other refusal into an unexpected answer', async () => {
    const { url } = await serve(
      json(404, { code: 'model_not_found', detail: 'there is no model m' }),
      json(502, 'bad'),
    );
    const client = createStrideClient(url);
    const read = async () => found(await client.GET('/v1/models/{name}', { params: { path: { name: 'm' } } }));
    await expect(read()).rejects.toMatchObject({
      code: 'model_not_found',
      status: 404,
      message: 'there is no model m',
    });
    await expect(read()).rejects.toMatchObject({ code: 'unexpected_answer', status: 502 });
  });
});

describe('followEvents', () => {
  it('gives every event once and ends after the final one, across lost connections and refusals', async () => {
    const { url, requests } = await serve(
      stream(event('1-0', 'queued'), event('2-0', 'started')),
      json(503, { code: 'queue_unavailable', detail: 'later' }),
      (_request, response) => response.destroy(),
      stream(': still here\n\n', event('3-0', 'step'), event('4-0', 'succeeded'), event('5-0', 'step')),
    );
    expect(await collect(followEvents(createStrideClient(url), JOB))).toEqual([
      'queued',
      'started',
      'step',
      'succeeded',
    ]);
    expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '2-0', '2-0', '2-0']);
  });

  it('begins after the event that it is given', async () => {
    const { url, requests } = await serve(stream(event('8-0', 'failed')));
    await collect(followEvents(createStrideClient(url), JOB, { lastEventId: '7-0' }));
    expect(requests[0]?.headers['last-event-id']).toBe('7-0');
  });

  it('asks for training jobs at their own place', async () => {
    const { url, requests } = await serve(stream(event('1-0', 'succeeded')));
    await collect(followEvents(createStrideClient(url), 'trn_01J00000000000000000000000'));
    expect(requests[0]?.url).toBe('/v1/training-jobs/trn_01J00000000000000000000000/events');
  });

  it.each([
    ['a job that nobody knows', json(404, { code: 'not_found', detail: 'no' }), 'not_found'],
    ['data that are no JSON', stream('event: step\ndata: {\n\n'), 'unexpected_answer'],
  ])('gives up on %s', async (_name, handler, code) => {
    const { url } = await serve(handler);
    await expect(collect(followEvents(createStrideClient(url), JOB))).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('ends when it is asked to', async () => {
    const controller = new AbortController();
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event('1-0', 'queued'));
    });
    const follow = async () => {
      for await (const { type } of followEvents(createStrideClient(url), JOB, { signal: controller.signal }))
        if (type === 'queued') controller.abort();
    };
    await expect(follow()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});

describe('waitForSamplingJob', () => {
  it('gives the job after its final event, and shows every event on the way', async () => {
    const { url } = await serve(
      stream(event('1-0', 'queued'), event('2-0', 'failed')),
      json(200, { id: JOB, status: 'failed' }),
    );
    const types: string[] = [];
    const job = await waitForSamplingJob(createStrideClient(url), JOB, { onEvent: ({ type }) => types.push(type) });
    expect(job).toEqual({ id: JOB, status: 'failed' });
    expect(types).toEqual(['queued', 'failed']);
  });

  it('says that there is no such job', async () => {
    const { url } = await serve(json(404, { code: 'not_found', detail: 'no' }));
    await expect(waitForSamplingJob(createStrideClient(url), JOB)).rejects.toBeInstanceOf(StrideError);
  });
});
