import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob } from '#client';
import { someObservations, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';
import { makeCertificates, opensslAvailable } from '../certificates.js';
import { TestReceiver } from '../receiver.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { TestCollector, type ExportedSpan } from './test-collector.js';

const ROWS = 4;
const STEPS = 30;
const PARENT = 'b7ad6b7169203331';
const newTrace = (): string => randomBytes(16).toString('hex');

describe.skipIf(!redisAvailable)('A trace', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-traced-'));
  let collector: TestCollector;
  let receiver: TestReceiver | undefined;
  let stride: TestStride;

  beforeAll(async () => {
    collector = await TestCollector.start();
    const certificates = opensslAvailable ? makeCertificates(directory, 'DNS:localhost') : undefined;
    receiver = certificates && (await TestReceiver.start(certificates.server));
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      STRIDE_THREADS: '1',
      ...(certificates && { NODE_EXTRA_CA_CERTS: certificates.authority.cert }),
      ...(receiver && { STRIDE_WEBHOOK_ALLOW: `localhost:${receiver.port}` }),
    };
    stride = await TestStride.start({ env });
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(async () => {
    await stride.stop();
    await collector.stop();
    await receiver?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const submit = (headers: Record<string, string>, seed = 1): Promise<Response> =>
    fetch(`${stride.url}/v1/sampling-jobs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: 'wait=20', ...headers },
      body: JSON.stringify({ model: 'tiny', observations: someObservations(ROWS), numInferenceSteps: STEPS, seed }),
    });
  /** The spans of a job's trace, once both processes have exported the last of theirs. */
  const spansOf = (traceId: string): Promise<ExportedSpan[]> =>
    collector.until(() => {
      const spans = collector.ofTrace(traceId);
      const isThere = (name: string): boolean => spans.some((span) => span.name === name);
      return isThere('POST /v1/sampling-jobs') && isThere('process sampling') ? spans : undefined;
    });

  it("holds a job's request, wait, macro-steps and result, as parts of the client's own trace", async () => {
    const traceId = newTrace();
    const response = await submit({ traceparent: `00-${traceId}-${PARENT}-01` });
    expect([response.status, response.headers.get('traceparent')]).toEqual([
      200,
      expect.stringMatching(`^00-${traceId}-[0-9a-f]{16}-01$`),
    ]);
    const spans = await spansOf(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const pathOf = ({ name, parentSpanId = '' }: ExportedSpan): string => {
      const parent = byId.get(parentSpanId);
      return parent === undefined ? `${parentSpanId}>${name}` : `${pathOf(parent)}>${name}`;
    };
    const added = `${PARENT}>POST /v1/sampling-jobs>add sampling`;
    const run = `${added}>process sampling`;
    expect(new Set(spans.map(pathOf))).toEqual(
      new Set([
        `${PARENT}>POST /v1/sampling-jobs`,
        added,
        `${added}>wait in queue`,
        run,
        ...['load', 'denoise', 'denoise>macro-step', 'store', 'complete sampling'].map((name) => `${run}>${name}`),
      ]),
    );
    const steps = spans.filter(({ name }) => name === 'macro-step').map(({ attributes }) => attributes);
    const rowSteps = steps.reduce(
      (sum, step) => sum + Number(step['stride.own_rows']) * Number(step['stride.steps']),
      0,
    );
    expect(rowSteps).toBe(ROWS * STEPS);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['stride-api', 'stride-worker']));
    for (const { startTimeUnixNano, endTimeUnixNano } of spans)
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
  });

  it.skipIf(!opensslAvailable)('goes on to the receiver of a webhook, with a span for each attempt', async () => {
    const { secret } = found(await stride.client.POST('/v1/webhook-secret'));
    const { port = 0, received = [] } = receiver ?? {};
    if (receiver) receiver.answer = (response) => response.writeHead(received.length === 1 ? 503 : 204).end();
    const traceId = newTrace();
    const path = `/${newTrace()}`;
    const body = { model: 'tiny', observations: [[1, 2, 3]], webhook: { url: `https://localhost:${port}${path}` } };
    const headers = { traceparent: `00-${traceId}-${PARENT}-01` };
    const { id: job } = found(await stride.client.POST('/v1/sampling-jobs', { body, headers }));
    const untilAttempted = (attempts: number) =>
      until(`${attempts} attempts at the webhook`, async () => {
        const { items } = found(await stride.client.GET('/v1/webhook-deliveries', { params: { query: { job } } }));
        return items[0]?.attempts === attempts ? items[0] : undefined;
      });
    const { id } = await untilAttempted(1);
    // instead of five seconds
    await stride.client.POST('/v1/webhook-deliveries/{id}/redeliver', { params: { path: { id } } });
    await untilAttempted(2);
    const attempts = await collector.until(() => {
      const spans = collector.ofTrace(traceId).filter(({ name }) => name === 'deliver webhook');
      return spans.length === 2 ? spans : undefined;
    });
    const added = collector.ofTrace(traceId).find(({ name }) => name === 'add sampling');
    expect(attempts.map(({ parentSpanId, attributes }) => ({ parentSpanId, attributes }))).toEqual(
      [503, 204].map((status, i) => ({
        parentSpanId: added?.spanId,
        attributes: {
          'bullmq.job.id': id,
          'stride.attempt': i + 1,
          'server.address': 'localhost',
          'http.response.status_code': status,
        },
      })),
    );
    expect(received.map((request) => request.headers['traceparent'])).toEqual(
      attempts.map(({ spanId }) => `00-${traceId}-${spanId}-01`),
    );
    for (const hidden of [path, secret, secret.slice('whsec_'.length)]) expect(collector.text).not.toContain(hidden);
  });

  it('shows in each of several jobs the macro-steps that their rows shared, under one name', async () => {
    let sharing: ExportedSpan[] = [];
    for (let seed = 10; sharing.length === 0; seed += 8) {
      const traces = Array.from({ length: 8 }, newTrace);
      await Promise.all(traces.map((id, i) => submit({ traceparent: `00-${id}-${PARENT}-01` }, seed + i)));
      const spans = (await Promise.all(traces.map(spansOf))).flat();
      sharing = spans.filter(({ name, attributes }) => name === 'macro-step' && attributes['stride.jobs'] !== 1);
    }
    const { 'stride.macro_step': name, 'stride.jobs': jobs, 'stride.rows': rows } = sharing[0]?.attributes ?? {};
    const same = sharing.filter(({ attributes }) => attributes['stride.macro_step'] === name);
    expect(new Set(same.map(({ traceId }) => traceId)).size).toBe(Number(jobs));
    expect(same.reduce((sum, { attributes }) => sum + Number(attributes['stride.own_rows']), 0)).toBe(Number(rows));
  });

  it('begins anew where a client sends no well-formed traceparent', async () => {
    const traceId = newTrace();
    for (const traceparent of [
      'nonsense',
      `00-${'0'.repeat(32)}-${PARENT}-01`,
      `00-${traceId}-${PARENT}`,
      `ff-${traceId}-${PARENT}-01`,
    ]) {
      const response = await submit({ traceparent });
      expect(response.status).toBe(200);
      const [, given = ''] = /^00-([0-9a-f]{32})-/.exec(response.headers.get('traceparent') ?? '') ?? [];
      expect(given).not.toBe(traceId);
      const [root] = (await spansOf(given)).filter(({ name }) => name === 'POST /v1/sampling-jobs');
      expect(root?.parentSpanId ?? '').toBe('');
    }
  });

  it('is not recorded where the client says so, and holds nothing of what a client has sent or got', async () => {
    const unseen = newTrace();
    const secret = `secret-${newTrace()}`;
    const { id } = found(
      await stride.client.POST('/v1/sampling-jobs', {
        body: { model: 'tiny', observations: [[0.123456789, 2, 3]], numInferenceSteps: 2, metadata: { secret } },
        headers: { traceparent: `00-${unseen}-${PARENT}-00`, baggage: `secret=${secret}` },
      }),
    );
    await waitForSamplingJob(stride.client, id);
    const seen = newTrace();
    await fetch(`${stride.url}/v1/models/${secret}?secret=${secret}`, {
      headers: { traceparent: `00-${seen}-${PARENT}-01` },
    });
    await submit({ traceparent: `00-${seen}-${PARENT}-01`, baggage: `secret=${secret}` });
    await spansOf(seen);
    expect(collector.ofTrace(unseen)).toEqual([]);
    expect(collector.text).not.toContain(secret);
    expect(collector.text).not.toContain('0.123456789');
    expect(collector.text).not.toContain('job.result');
    expect(collector.spans.map(({ name }) => name)).not.toContain('moveStalledJobsToWait sampling');
  });
});
