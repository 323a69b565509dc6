import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SamplingJob } from '#contract';
import { ApiKeys, workerConnection } from '#queue';
import { TlsFiles } from '#server';
import { eventLine, TestProcess } from '../processes.js';
import { fieldOf, PolicyClient } from '../policies/policy-client.js';
import { redisAvailable } from '../redis.js';
import { filesIn, makeCertificate, openssl, tlsFetch } from './certificates.js';
import { TestApi } from './test-api.js';

const JOB = JSON.stringify({ model: 'tiny', observations: [[1, 2, 3]] });

describe.skipIf(!redisAvailable || openssl === undefined)('An API with a certificate (needs openssl)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-tls-'));
  const files = filesIn(directory);
  let api: TestApi;
  beforeAll(async () => {
    makeCertificate(files, 'first');
    const robots = { STRIDE_POLICY: 'tiny', STRIDE_POLICY_PORT: '0' };
    api = await TestApi.start(undefined, { STRIDE_TLS_CERT: files.cert, STRIDE_TLS_KEY: files.key, ...robots });
  });
  afterAll(async () => {
    await api.stop();
    rmSync(directory, { recursive: true });
  });

  const ca = () => readFileSync(files.cert, 'utf8');
  const shown = async () => (await tlsFetch(`${api.url}/health/live`, ca())).commonName;
  const stride = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    new TestProcess({ name: 'stride', script: 'dist/apps/cli/src/main.js', args: [...args, '--url', api.url], env });

  it('speaks TLS 1.2 and later, and says that it will', async () => {
    expect(api.url).toMatch(/^https:/);
    const { status, headers, commonName } = await tlsFetch(`${api.url}/v1/models`, ca());
    expect({ status, commonName }).toEqual({ status: 200, commonName: 'first' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    await expect(
      tlsFetch(`${api.url}/v1/models`, ca(), { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }),
    ).rejects.toThrow();
  });

  it('answers a request to upgrade to what it does not speak as if it asked for nothing', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'h2c' };
    expect(await tlsFetch(`${api.url}/v1/models`, ca(), { headers })).toMatchObject({ status: 200 });
  });

  it('opens the policy socket, on the port for robots too', async () => {
    const { policies } = await api.process.untilLine((line) => eventLine(line, 'ready'));
    for (const url of [api.url, String(policies)]) {
      expect(url).toMatch(/^https:/);
      const client = await PolicyClient.connect(`${url}/v1/policies/tiny`, { ca: ca() });
      expect(fieldOf(await client.next(), 'model')).toBe('tiny@1');
      client.close();
    }
  });

  it('closes a connection that speaks no TLS, without a word', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
    socket.write('GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
    expect(answer).not.toContain('HTTP/1.1 200');
  });

  it('is reached by the command line whose Node knows its authority, and by no other', async () => {
    const trusting = stride({ NODE_EXTRA_CA_CERTS: files.cert }, 'models', 'list');
    expect(await trusting.exited).toMatchObject({ code: 0 });
    const careful = stride({}, 'models', 'list');
    expect(await careful.exited).toMatchObject({ code: 1 });
    expect(careful.lines.join('\n')).toMatch(/self-signed certificate/);
  });

  it('shows a new certificate to whoever connects, while an event stream goes on', async () => {
    const headers = { 'content-type': 'application/json' };
    const accepted = await tlsFetch(`${api.url}/v1/sampling-jobs`, ca(), { method: 'POST', headers, body: JOB });
    const { id } = SamplingJob.parse(JSON.parse(accepted.body));
    let events = '';
    const stream = get(`${api.url}/v1/sampling-jobs/${id}/events`, { ca: ca(), agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => (events += text));
    });
    await expect.poll(() => events).toContain('queued');
    makeCertificate(files, 'second');
    await expect.poll(shown, { timeout: 20_000 }).toBe('second');
    await tlsFetch(`${api.url}/v1/sampling-jobs/${id}/cancel`, ca(), { method: 'POST' });
    await expect.poll(() => events, { timeout: 20_000 }).toContain('cancelled');
    stream.destroy();
  });

  it('keeps the certificate that it has when a new one is broken, and says so', async () => {
    const before = ca();
    writeFileSync(files.cert, before.replace(/[A-Za-z]{8}/g, 'AAAAAAAA'));
    await api.process.untilLine((line) => (line.includes('the former ones stay') ? true : undefined));
    expect((await tlsFetch(`${api.url}/health/live`, before)).commonName).toBe('second');
    makeCertificate(files, 'third');
    await expect.poll(shown, { timeout: 20_000 }).toBe('third');
  });

  it('opens a management port with the same certificate when there is a first key', async () => {
    const redis = new Redis(api.redis.url, workerConnection);
    await new ApiKeys(redis).create({ name: 'first', scopes: ['admin'] }, { by: 'test' });
    redis.disconnect();
    const url = await api.process.untilLine((line) => /health are at (https:\/\/[\d.:]+)/.exec(line)?.[1]);
    expect(await tlsFetch(`${url}/metrics`, ca())).toMatchObject({ status: 200, commonName: 'third' });
    expect(await tlsFetch(`${url}/queues/`, ca())).toMatchObject({ status: 200 });
    expect(await tlsFetch(`${api.url}/metrics`, ca())).toMatchObject({ status: 404 });
  });

  it('has workers that show the same certificate with their metrics, and says so to Prometheus', async () => {
    const env = {
      REDIS_URL: api.redis.url,
      STRIDE_ARTIFACTS: api.directory,
      STRIDE_METRICS_PORT: '0',
      STRIDE_TLS_CERT: files.cert,
      STRIDE_TLS_KEY: files.key,
    };
    const worker = new TestProcess({ name: 'worker', script: 'dist/apps/worker/src/main.js', env });
    const { metrics } = await worker.untilLine((line) => eventLine(line, 'ready'));
    expect(String(metrics)).toMatch(/^https:/);
    expect(await tlsFetch(String(metrics), ca())).toMatchObject({ status: 200, commonName: 'third' });
    const management = await api.process.untilLine((line) => /health are at (https:\/\/[\d.:]+)/.exec(line)?.[1]);
    const { body } = await tlsFetch(`${management}/v1/workers/targets`, ca());
    expect(JSON.parse(body)).toMatchObject([
      { targets: [new URL(String(metrics)).host], labels: { __scheme__: 'https' } },
    ]);
    await worker.stop();
  });

  it('ends with 78 when certificate and key do not go together', async () => {
    const other = filesIn(mkdtempSync(join(directory, 'other-')));
    makeCertificate(other, 'other');
    const broken = api.again({ STRIDE_TLS_CERT: files.cert, STRIDE_TLS_KEY: other.key });
    expect((await broken.exited).code).toBe(78);
    expect(broken.lines.join('\n')).toMatch(/STRIDE_TLS_CERT and STRIDE_TLS_KEY: .*mismatch/);
  });
});

describe.skipIf(openssl === undefined)('A certificate whose time is not now (needs openssl)', () => {
  const DAY_MS = 86_400_000;
  const directory = mkdtempSync(join(tmpdir(), 'stride-tls-'));
  const files = filesIn(directory);
  const paths = { STRIDE_TLS_CERT: files.cert, STRIDE_TLS_KEY: files.key };
  /** Lets this process believe that it is another day. */
  const shift = (days: number) => vi.useFakeTimers({ now: Date.now() + days * DAY_MS, toFake: ['Date'] });
  beforeAll(() => makeCertificate(files, 'first'));
  afterEach(() => void vi.useRealTimers());
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ['has expired', 3],
    ['is not valid before', -1],
  ])('is refused at the start, by the names of the settings: it %s', (why, days) => {
    shift(days);
    expect(() => TlsFiles.open(paths)).toThrow(
      expect.objectContaining({
        name: 'InvalidConfigError',
        message: expect.stringContaining(`STRIDE_TLS_CERT and STRIDE_TLS_KEY: the certificate ${why}`),
      }),
    );
  });

  it('does not take the place of a good one before that time, and does then', async () => {
    const tls = TlsFiles.open(paths);
    const first = readFileSync(files.cert, 'utf8');
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    shift(-1);
    makeCertificate(files, 'second');
    await expect.poll(() => logged.mock.calls.flat().join(), { timeout: 20_000 }).toContain('is not valid before');
    expect(tls?.context.cert).toBe(first);
    vi.useRealTimers();
    await expect.poll(() => tls?.context.cert, { timeout: 20_000 }).toBe(readFileSync(files.cert, 'utf8'));
    expect(logged).toHaveBeenCalledOnce();
    logged.mockRestore();
  });
});
