import type { IncomingHttpHeaders } from 'node:http';
import type { Telemetry } from 'bullmq';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Milliseconds of this process' monotonic clock (performance.now()). */
export interface SpanTime {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What is under way, as part of a trace. */
export interface Span {
  /** W3C trace context of it, for another service that does a part; undefined: there are no traces. */
  readonly traceparent: string | undefined;
  /** It will be exported: false spares the making of details. */
  readonly isRecorded: boolean;
  set(attributes: SpanAttributes): void;
  /** Adds a part of it that is over. */
  part(name: string, time: SpanTime, attributes: SpanAttributes): void;
}

/** The span of an HTTP request, which ends with its answer. */
export interface RequestSpan {
  /** W3C trace context of this span. */
  readonly traceparent: string;
  end(name: string, attributes: SpanAttributes): void;
}

/**
 * What this process says to OpenTelemetry. Where nobody has asked for traces this is a handful of functions
 * that do nothing, and nothing of OpenTelemetry is loaded.
 */
export abstract class Tracing {
  /** What BullMQ's queues and workers report to; undefined: to nobody. */
  abstract readonly telemetry: Telemetry | undefined;
  /** Serves a request inside a span whose parent is that of its headers; undefined: there are no traces. */
  abstract readonly serve: ((headers: IncomingHttpHeaders, work: (span: RequestSpan) => void) => void) | undefined;
  /** Does work inside a span of its own, part of the one that is under way. An error of it is noted. */
  abstract inSpan<Result>(
    name: string,
    attributes: SpanAttributes,
    work: (span: Span) => Promise<Result>,
  ): Promise<Result>;
  /**
   * As `inSpan`, for what another service is asked to do on behalf of a job that was added before.
   * @param metadata what BullMQ carries along with the job, whose trace goes on; undefined: one begins
   */
  abstract inCall<Result>(
    metadata: string | undefined,
    call: { readonly name: string; readonly attributes: SpanAttributes },
    work: (span: Span) => Promise<Result>,
  ): Promise<Result>;
  /** Adds the wait of a job in its queue. @param metadata what BullMQ carries along with the job */
  abstract waited(metadata: string | undefined, time: SpanTime, attributes: SpanAttributes): void;
  /** Exports what is left; never rejects. */
  abstract close(): Promise<void>;
}

const NO_SPAN: Span = { traceparent: undefined, isRecorded: false, set: () => undefined, part: () => undefined };

/** No traces. */
export const NO_TRACING: Tracing = {
  telemetry: undefined,
  serve: undefined,
  inSpan: (_name, _attributes, work) => work(NO_SPAN),
  inCall: (_metadata, _call, work) => work(NO_SPAN),
  waited: () => undefined,
  close: () => Promise.resolve(),
};
