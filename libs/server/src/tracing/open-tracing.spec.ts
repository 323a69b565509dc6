import { describe, expect, it } from 'vitest';
import { openTracing } from './open-tracing.js';
import { NO_TRACING } from './tracing.js';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('Traces', () => {
  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, // of no concern without a collector
    { ...endpoint, OTEL_SDK_DISABLED: 'true' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
  ])('are not made with %o', async (environment) => {
    expect(await openTracing('api', environment)).toBe(NO_TRACING);
  });

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: '127.0.0.1:4318' },
    { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'zipkin' },
    { ...endpoint, OTEL_TRACES_SAMPLER: 'sometimes' },
    { ...endpoint, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1.5' },
  ])('are refused where %o asks for what there is not', async (environment) => {
    const wrong = Object.keys(environment).at(-1) ?? '';
    await expect(openTracing('api', environment)).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining(wrong),
    });
  });
});
