import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  context,
  diag,
  DiagLogLevel,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span as OtelSpan,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { queueTelemetry } from './queue-telemetry.js';
import type { RequestSpan, Span, SpanAttributes, SpanTime, Tracing } from './tracing.js';

/** A collector that does not answer must not hold up the end of the process. */
const FLUSH_MS = 3_000;
const WARNING_INTERVAL_MS = 60_000;
const FIRST_FAULT = 500;

/** Starts to export spans; the sampler and its ratio are those of OpenTelemetry's variables. */
export function startOpenTelemetry(role: string): Tracing {
  logFaults();
  const ofProcess = resourceFromAttributes({ 'service.name': `stride-${role}`, 'process.pid': process.pid });
  const ofEnvironment = detectResources({ detectors: [envDetector] });
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(ofProcess).merge(ofEnvironment),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return new OpenTelemetryTracing(provider);
}

class OpenTelemetryTracing implements Tracing {
  readonly telemetry = queueTelemetry();
  private readonly tracer = trace.getTracer('stride');

  constructor(private readonly provider: NodeTracerProvider) {}

  readonly serve = (headers: IncomingHttpHeaders, work: (span: RequestSpan) => void): void => {
    // nothing else of a request is carried on: baggage would let clients write into Redis
    const { traceparent, tracestate } = headers;
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent, tracestate });
    const span = this.tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, parent);
    const end = (name: string, attributes: SpanAttributes): void => {
      span.updateName(name);
      span.setAttributes(attributes);
      if (Number(attributes['http.response.status_code']) >= FIRST_FAULT)
        span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
    context.with(trace.setSpan(parent, span), () => work({ traceparent: traceparentOf(span), end }));
  };

  inSpan<Result>(name: string, attributes: SpanAttributes, work: (span: Span) => Promise<Result>): Promise<Result> {
    const parent = context.active();
    return this.#inside(parent, this.tracer.startSpan(name, { attributes }, parent), work);
  }

  inCall<Result>(
    metadata: string | undefined,
    { name, attributes }: { readonly name: string; readonly attributes: SpanAttributes },
    work: (span: Span) => Promise<Result>,
  ): Promise<Result> {
    const parent = this.#traceOf(metadata);
    return this.#inside(parent, this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent), work);
  }

  waited(metadata: string | undefined, time: SpanTime, attributes: SpanAttributes): void {
    this.#add('wait in queue', this.#traceOf(metadata), time, attributes);
  }

  async close(): Promise<void> {
    await Promise.race([this.provider.shutdown().catch(() => undefined), sleep(FLUSH_MS, undefined, { ref: false })]);
  }

  #traceOf(metadata: string | undefined): Context {
    return metadata === undefined ? ROOT_CONTEXT : this.telemetry.contextManager.fromMetadata(ROOT_CONTEXT, metadata);
  }

  async #inside<Result>(parent: Context, span: OtelSpan, work: (span: Span) => Promise<Result>): Promise<Result> {
    const inside = trace.setSpan(parent, span);
    try {
      return await context.with(inside, () => work(this.#spanOf(span, inside)));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  #spanOf(span: OtelSpan, inside: Context): Span {
    return {
      traceparent: traceparentOf(span),
      isRecorded: (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0,
      set: (attributes) => span.setAttributes(attributes),
      part: (name, time, attributes) => this.#add(name, inside, time, attributes),
    };
  }

  #add(name: string, inside: Context, { startedAt, endedAt }: SpanTime, attributes: SpanAttributes): void {
    const parent = trace.getSpanContext(inside);
    if (parent === undefined || !isSpanContextValid(parent)) return;
    const wall = Date.now() - performance.now();
    this.tracer.startSpan(name, { attributes, startTime: wall + startedAt }, inside).end(wall + endedAt);
  }
}

function traceparentOf(span: OtelSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

const silent = (): void => undefined;

/** A collector that is away costs spans and one line a minute, nothing else. */
function logFaults(): void {
  const logger = new Logger('Tracing');
  let saidAt = Number.NEGATIVE_INFINITY;
  const say = (message: string): void => {
    if (performance.now() - saidAt < WARNING_INTERVAL_MS) return;
    saidAt = performance.now();
    logger.warn(`spans are lost: ${message}`);
  };
  diag.setLogger({ error: say, warn: say, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
}
