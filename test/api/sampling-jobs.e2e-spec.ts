import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnrecoverableError } from 'bullmq';
import { z } from 'zod';
import { BulkSamplingResult, encodeJobError, SamplingJob, SamplingJobData, SamplingJobPage } from '#contract';
import { encodeTensor } from '#queue';
import { decodeNpy, decodeSafetensors } from '#storage';
import { redisAvailable } from '../redis.js';
import { ACTION_DIM, HORIZON, playedResult, playWorker, TestApi } from './test-api.js';

const JOBS = '/v1/sampling-jobs';
const body = { model: 'tiny', observations: [[1, 2, 3]] };

describe.skipIf(!redisAvailable)('Sampling jobs', () => {
  let api: TestApi;
  let worker: { close(): Promise<void> };
  const seen: SamplingJobData[] = [];

  beforeAll(async () => {
    api = await TestApi.start();
    worker = await startWorker();
  });
  afterAll(async () => {
    await worker.close();
    await api.stop();
  });

  const startWorker = () =>
    playWorker(api.redis.url, (job) => {
      const data = SamplingJobData.parse(job.data);
      seen.push(data);
      if (data.request.metadata.fail === true)
        throw new UnrecoverableError(encodeJobError({ code: 'backend_error', message: 'no device' }));
      return Promise.resolve(playedResult(data));
    });
  const submit = async (change: object = {}, headers: Record<string, string> = {}) => {
    const response = await api.post(JOBS, { ...body, ...change }, headers);
    return { response, job: SamplingJob.parse(await response.json()) };
  };
  const waiting = { prefer: 'wait=30' };
  const read = async (id: string) => SamplingJob.parse(await (await api.fetch(`${JOBS}/${id}`)).json());
  const result = (id: string, accept: string, headers: Record<string, string> = {}) =>
    api.fetch(`${JOBS}/${id}/result`, { headers: { accept, ...headers } });

  it('a submission is accepted with a queued job and its place', async () => {
    const { response, job } = await submit({ seed: 5, metadata: { robot: 'a' } });
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`${JOBS}/${job.id}`);
    expect(job).toMatchObject({
      status: 'queued',
      seed: 5,
      model: { name: 'tiny', version: 1 },
      progress: { totalRows: 1, totalSteps: 10 },
      metadata: { robot: 'a' },
    });
  });

  it('with Prefer: wait the answer is the finished job with its numbers', async () => {
    const { response, job } = await submit({ samplesPerObservation: 2 }, waiting);
    expect(response.status).toBe(200);
    expect(response.headers.get('preference-applied')).toBe('wait=30');
    expect(job).toMatchObject({ status: 'succeeded', result: { shape: [2, HORIZON, ACTION_DIM], dtype: 'float32' } });
    expect(z.array(z.array(z.array(z.number()))).parse(job.result?.data)).toHaveLength(2);
  });

  it('with Prefer: tensors=base64 the numbers are the bytes of the result', async () => {
    const { response, job } = await submit({ samplesPerObservation: 2 }, { prefer: 'wait=30, tensors=base64' });
    expect(response.headers.get('preference-applied')).toBe('wait=30, tensors=base64');
    const bytes = Buffer.from(z.string().parse(job.result?.data), 'base64');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.result?.sha256);
  });

  it('a job that fails says why, and has no result', async () => {
    const { job } = await submit({ metadata: { fail: true } }, waiting);
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'backend_error', message: 'no device' },
      result: null,
    });
    expect(await (await result(job.id, 'application/json')).json()).toMatchObject({ status: 409, code: 'job_failed' });
  });

  it('the worker gets a complete job: its model and every option are resolved', async () => {
    const { job } = await submit(
      { model: 'tiny@1', eta: 0.5, fixedActions: { mask: [1, 0, 0, 0], values: [actions()] } },
      waiting,
    );
    const data = seen.at(-1);
    expect(data).toMatchObject({
      model: { name: 'tiny', version: 1 },
      seed: job.seed,
      rows: 1,
      steps: 10,
      actionShape: [4, 2],
      options: { eta: 0.5, numInferenceSteps: 10, timestepSpacing: 'trailing', clipSample: true, guidanceScale: 1 },
    });
    expect(data?.request).toMatchObject({ observations: encodeTensor(observation()) });
    expect(data?.request.fixedActions?.mask).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('an omitted seed is derived from the id and comes back', async () => {
    const [first, second] = [await submit(), await submit()];
    expect(first.job.seed).not.toBe(second.job.seed);
    expect((await read(first.job.id)).seed).toBe(first.job.seed);
  });

  it('large tensors travel as artifacts, small ones inside the job', async () => {
    const observations = Array.from({ length: 4_000 }, (_, i) => [i, i + 1, i + 2]);
    const { job } = await submit({ observations, numInferenceSteps: 1 }, waiting);
    const data = seen.at(-1);
    expect(job).toMatchObject({ status: 'succeeded', progress: { totalRows: 4_000 } });
    const { artifact } = z.object({ artifact: z.string() }).parse(data?.request.observations);
    const stored = decodeNpy(new Uint8Array(await (await api.fetch(`/v1/artifacts/${artifact}`)).arrayBuffer()));
    expect(stored.shape).toEqual([4_000, 3]);
    expect(Array.from(stored.data.slice(-3), Number)).toEqual([3_999, 4_000, 4_001]);
  });

  it('a result comes in the form that Accept asks for, with the same numbers', async () => {
    const { job } = await submit({ samplesPerObservation: 3 }, waiting);
    const expected = z
      .array(z.array(z.array(z.number())))
      .parse(job.result?.data)
      .flat(2);
    const asJson = await result(job.id, 'application/json');
    expect(
      z
        .array(z.array(z.array(z.number())))
        .parse(await asJson.json())
        .flat(2),
    ).toEqual(expected);
    const asTensor = await (await result(job.id, 'application/vnd.stride.tensor+json')).json();
    const { data } = z.object({ data: z.string() }).parse(asTensor);
    const raw = Uint8Array.from(Buffer.from(data, 'base64'));
    expect([...new Float32Array(raw.buffer)]).toEqual(expected);
    expect(createHash('sha256').update(raw).digest('hex')).toBe(job.result?.sha256);
    const asNpy = await result(job.id, 'application/x-npy');
    expect(asNpy.headers.get('content-type')).toBe('application/x-npy');
    expect([...decodeNpy(new Uint8Array(await asNpy.arrayBuffer())).data]).toEqual(expected);
    const asSafetensors = await (await result(job.id, 'application/vnd.safetensors')).arrayBuffer();
    expect([...(decodeSafetensors(new Uint8Array(asSafetensors)).tensors.get('actions')?.data ?? [])]).toEqual(
      expected,
    );
  });

  it('a result that the client has is not sent again, and a form that nobody offers is refused', async () => {
    const { job } = await submit({}, waiting);
    const etag = (await result(job.id, 'application/json')).headers.get('etag') ?? '';
    expect((await result(job.id, 'application/json', { 'if-none-match': etag })).status).toBe(304);
    expect((await result(job.id, 'application/x-npy', { 'if-none-match': etag })).status).toBe(200);
    expect((await result(job.id, 'image/png')).status).toBe(406);
  });

  describe('with an Idempotency-Key', () => {
    it('50 parallel submissions make one job', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => submit({}, { 'idempotency-key': 'fifty' })));
      expect(new Set(answers.map(({ job }) => job.id)).size).toBe(1);
      expect(answers.map(({ response }) => response.status)).toEqual(answers.map(() => 202));
    });

    it('a repeat says that it is one, and waits like the first', async () => {
      const key = { 'idempotency-key': 'repeat' };
      const first = await submit({}, { ...key, ...waiting });
      const second = await submit({}, { ...key, ...waiting });
      expect(second.job).toEqual(first.job);
      expect(second.response.status).toBe(200);
      expect(second.response.headers.get('idempotency-replayed')).toBe('true');
      expect(first.response.headers.get('idempotency-replayed')).toBeNull();
    });

    it('another body with the same key is refused', async () => {
      await submit({ seed: 1 }, { 'idempotency-key': 'bodies' });
      const response = await api.post(JOBS, { ...body, seed: 2 }, { 'idempotency-key': 'bodies' });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: 'idempotency_key_reused' });
    });
  });

  it('a batch accepts and refuses each request on its own, and its key covers them all', async () => {
    const requests = [body, { ...body, model: 'nobody' }, { ...body, seed: 9 }, {}];
    const post = async () => {
      const response = await api.post(`${JOBS}/batch`, { requests }, { 'idempotency-key': 'batch' });
      expect(response.status).toBe(207);
      return BulkSamplingResult.parse(await response.json()).items;
    };
    const items = await post();
    expect(items.map(({ status }) => status)).toEqual([202, 404, 202, 422]);
    expect(items.map(({ problem }) => problem?.code)).toEqual([
      undefined,
      'model_not_found',
      undefined,
      'validation_failed',
    ]);
    expect((await post()).map(({ job }) => job?.id)).toEqual(items.map(({ job }) => job?.id));
  });

  it('a batch of 1,000 is accepted whole', async () => {
    const requests = Array.from({ length: 1_000 }, () => body);
    const response = await api.post(`${JOBS}/batch`, { requests });
    const { items } = BulkSamplingResult.parse(await response.json());
    expect(items.filter(({ status }) => status === 202)).toHaveLength(1_000);
  });

  it('pages list every job once, newest first', async () => {
    const mine = [];
    for (let i = 0; i < 5; i += 1) mine.push((await submit({ seed: i })).job.id);
    const listed: string[] = [];
    let after = '';
    for (let page = 0; page < 3; page += 1) {
      const answer = await api.fetch(`${JOBS}?limit=2${after === '' ? '' : `&after=${after}`}`);
      const { items, nextCursor } = SamplingJobPage.parse(await answer.json());
      listed.push(...items.map(({ id }) => id));
      after = nextCursor ?? '';
    }
    expect(listed.slice(0, 5)).toEqual([...listed].sort().reverse().slice(0, 5));
    expect(listed.slice(0, 5).sort()).toEqual([...mine].sort());
  });

  it('a list can be narrowed to a status and a model', async () => {
    const list = async (query: string) =>
      SamplingJobPage.parse(await (await api.fetch(`${JOBS}?${query}`)).json()).items;
    await submit({}, waiting);
    expect((await list('status=succeeded&limit=5')).map(({ status }) => status)).toEqual(Array(5).fill('succeeded'));
    expect(await list('status=cancelled')).toEqual([]);
    expect(await list('model=nobody')).toEqual([]);
  });

  describe('without a worker', () => {
    beforeAll(() => worker.close());
    afterAll(async () => {
      worker = await startWorker();
    });
    const cancel = (id: string) => api.fetch(`${JOBS}/${id}/cancel`, { method: 'POST' });

    it('a queued job knows its place in line', async () => {
      const first = await submit();
      const second = await submit();
      const interactive = await submit({ priority: 'interactive' });
      const place = async ({ job }: { job: SamplingJob }) => (await read(job.id)).queuePosition ?? -1;
      expect((await place(second)) - (await place(first))).toBe(1);
      expect(await place(interactive)).toBeLessThan(await place(first));
    });

    it('a wait that runs out gives the queued job', async () => {
      const { response, job } = await submit({}, { prefer: 'wait=1' });
      expect(response.status).toBe(202);
      expect(job.status).toBe('queued');
      expect((await result(job.id, 'application/json')).status).toBe(409);
    });

    it('a cancel is final and idempotent, ends waits and streams, and withholds the result', async () => {
      const { job } = await submit();
      const key = { 'idempotency-key': 'cancelled', ...waiting };
      const held = submit({}, key);
      const events = api.fetch(`${JOBS}/${job.id}/events`);
      expect((await cancel(job.id)).status).toBe(202);
      expect((await cancel(job.id)).status).toBe(202);
      expect(await read(job.id)).toMatchObject({ status: 'cancelled', startedAt: null, error: { code: 'cancelled' } });
      expect(typesOf(await (await events).text()).at(-1)).toBe('cancelled');
      const refusal = await result(job.id, 'application/json');
      expect(refusal.status).toBe(409);
      expect(await refusal.json()).toMatchObject({ code: 'job_cancelled' });
      const { job: replayed } = await submit({}, { 'idempotency-key': 'cancelled' });
      await cancel(replayed.id);
      expect((await held).job).toMatchObject({ id: replayed.id, status: 'cancelled' });
    });

    it('a newer job with the same supersedeKey takes the place of the older one, of the same model alone', async () => {
      const older = await submit({ supersedeKey: 'arm' });
      const other = await submit({ supersedeKey: 'leg' });
      const newer = await submit({ supersedeKey: 'arm' });
      expect(await read(older.job.id)).toMatchObject({ status: 'cancelled', error: { code: 'superseded' } });
      expect((await read(other.job.id)).status).toBe('queued');
      expect((await read(newer.job.id)).status).toBe('queued');
    });
  });

  it('a finished job cannot be cancelled', async () => {
    const { job } = await submit({}, waiting);
    const refusal = await api.fetch(`${JOBS}/${job.id}/cancel`, { method: 'POST' });
    expect(refusal.status).toBe(409);
    expect(await refusal.json()).toMatchObject({ code: 'job_finished' });
  });

  it('the events of a job whose stream says nothing more end with its present state', async () => {
    const { job } = await submit({}, waiting);
    // Later than every event.
    const headers = { 'last-event-id': '9999999999999-0' };
    const stream = await api.fetch(`${JOBS}/${job.id}/events`, { headers });
    expect(typesOf(await stream.text())).toEqual(['succeeded']);
  });
});

const typesOf = (stream: string) => [...stream.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type ?? '');

const observation = () => ({ shape: [1, 3], data: Float32Array.of(1, 2, 3) });

function actions(): number[][] {
  return Array.from({ length: HORIZON }, () => Array.from({ length: ACTION_DIM }, () => 0.5));
}
