import { context, trace, type Context } from '@opentelemetry/api';
import { SpanKind, TelemetryAttributes, type Span, type Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';

const NO_SPAN: Span<Context> = {
  setSpanOnContext: (inside) => inside,
  setAttribute: () => undefined,
  setAttributes: () => undefined,
  addEvent: () => undefined,
  recordException: () => undefined,
  end: () => undefined,
};

/**
 * What BullMQ says of its queues, by its own adapter. Its upkeep, which belongs to no job, is left out: each
 * look for stalled jobs would be a trace. So are results, which are the client's.
 */
export function queueTelemetry(): Telemetry<Context> {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: 'stride.queue' });
  return {
    tracer: {
      startSpan: (name, options, parent) => {
        const isUpkeep = options?.kind === SpanKind.INTERNAL && trace.getSpan(parent ?? context.active()) === undefined;
        return isUpkeep ? NO_SPAN : withoutResult(tracer.startSpan(name, options, parent));
      },
    },
    contextManager: {
      with: (inside, work) => contextManager.with(inside, work),
      active: () => contextManager.active(),
      getMetadata: (inside) => contextManager.getMetadata(inside),
      fromMetadata: (active, metadata) => {
        try {
          return contextManager.fromMetadata(active, metadata);
        } catch {
          return active; // a record that somebody spoiled is no reason to fail a job
        }
      },
    },
  };
}

function withoutResult(span: Span<Context>): Span<Context> {
  const addEvent = span.addEvent.bind(span);
  span.addEvent = (name, { [TelemetryAttributes.JobResult]: _result, ...attributes } = {}) =>
    addEvent(name, attributes);
  return span;
}
