import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';
import { eventLine, TestProcess } from '../processes.js';
import { TestCollector } from './test-collector.js';

const Coverage = z.object({ result: z.array(z.object({ url: z.string() })) });
const LONG_MS = '600000';
const WARNING = 'spans are lost';

interface Served {
  readonly requests: readonly Record<string, string>[];
  readonly untilSaid?: string;
}

describe.skipIf(!redisAvailable)('An API process', () => {
  let redis: TestRedis;
  let collector: TestCollector;
  let directory: string;

  beforeAll(async () => {
    [redis, collector] = await Promise.all([startRedis(), TestCollector.start()]);
    directory = mkdtempSync(join(tmpdir(), 'stride-traces-'));
  });
  afterAll(async () => {
    await redis.stop();
    await collector.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Starts the API, lets it answer these requests, and stops it once it has said what it should. */
  async function serve(name: string, env: NodeJS.ProcessEnv, { requests, untilSaid = '' }: Served) {
    const coverage = join(directory, name);
    const api = new TestProcess({
      name,
      script: 'dist/apps/api/src/main.js',
      env: {
        REDIS_URL: redis.url,
        STRIDE_ARTIFACTS: join(directory, 'artifacts'),
        STRIDE_PORT: '0',
        NODE_V8_COVERAGE: coverage, // names every file that was loaded
        ...env,
      },
    });
    const ready = await api.untilLine((line) => eventLine(line, 'ready'));
    const answered = [];
    for (const headers of requests) {
      const { headers: answer } = await fetch(`${String(ready.url)}/v1/models`, { headers });
      answered.push(answer.get('traceparent'));
    }
    await api.untilLine((line) => (line.includes(untilSaid) ? line : undefined));
    await api.stop();
    const files = readdirSync(coverage).flatMap((file) =>
      Coverage.parse(JSON.parse(readFileSync(join(coverage, file), 'utf8'))).result.map(({ url }) => url),
    );
    expect(files.some((url) => url.includes('/node_modules/bullmq/'))).toBe(true);
    // prom-client has the interfaces (@opentelemetry/api) in any case
    const isTelemetry = (url: string): boolean => /@opentelemetry\/(?!api\/)|bullmq-otel|open-telemetry/.test(url);
    const warnings = api.lines.filter((line) => line.includes(WARNING));
    return { answered, telemetry: files.filter(isTelemetry), warnings: warnings.length };
  }

  it('that nobody asked for traces loads nothing of OpenTelemetry, and answers as ever', async () => {
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const { answered, telemetry } = await serve('off', {}, { requests: [{ traceparent }] });
    expect({ answered, telemetry }).toEqual({ answered: [null], telemetry: [] });
  });

  it('records the ratio of traces that it was asked for, and exports the last of them before it ends', async () => {
    const low = `00000001${'0'.repeat(24)}`;
    const high = `fffffff0${'0'.repeat(24)}`;
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      OTEL_BSP_SCHEDULE_DELAY: LONG_MS,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
      OTEL_SERVICE_NAME: 'the-api',
    };
    const requests = [low, high].map((traceId) => ({ traceparent: `00-${traceId}-${'2'.repeat(16)}-01` }));
    const { answered, telemetry } = await serve('ratio', env, { requests });
    expect(answered).toEqual([
      expect.stringMatching(new RegExp(`^00-${low}-\\w{16}-01$`)),
      expect.stringMatching(new RegExp(`^00-${high}-\\w{16}-00$`)),
    ]);
    expect(collector.spans.map(({ name, traceId, service }) => ({ name, traceId, service }))).toEqual([
      { name: 'GET /v1/models', traceId: low, service: 'the-api' },
    ]);
    expect(telemetry.length).toBeGreaterThan(0);
  });

  it('serves on and ends in order where the collector does not answer, and says so once', async () => {
    const gone = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    const { answered, warnings } = await serve('gone', gone, { requests: [{}, {}], untilSaid: WARNING });
    expect(warnings).toBe(1);
    expect(answered).toEqual([expect.stringMatching(/^00-/), expect.stringMatching(/^00-/)]);
  });
});
