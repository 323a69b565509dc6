import { inWords, span } from '../../parts/quantity.js';
import type { Trace } from './job-record.js';

/** A part of a job's time, in seconds from its submission. */
export interface WaterfallSpan {
  readonly kind: 'queue' | 'prepare' | 'wait' | 'macro-step' | 'store' | 'record';
  readonly label: string;
  /** Whose rows were in a macro-step. */
  readonly note: string;
  readonly start: number;
  readonly end: number;
}

/**
 * From submit to the end: queue, what is read before the first step, each macro-step, store, and what it took
 * to record the end.
 * @param queuedSeconds the job's own time in the queue: its record has a start that is a round trip later
 * @param now milliseconds since 1970, for a job that has not ended
 */
export function waterfallSpans(trace: Trace, queuedSeconds: number | null, now: number): WaterfallSpan[] {
  const submitted = Date.parse(trace.createdAt);
  const since = (at: string | null) => Math.max(((at === null ? now : Date.parse(at)) - submitted) / 1e3, 0);
  const started = queuedSeconds ?? since(trace.startedAt ?? trace.finishedAt);
  const spans: WaterfallSpan[] = [part('queue', 'in the queue', 0, started)];
  if (trace.startedAt === null) return spans;
  const ended = since(trace.finishedAt);
  const { readySeconds: ready, macroSteps, store } = trace;
  const first = macroSteps[0];
  if (ready !== null) spans.push(part('prepare', 'model and inputs', started, started + ready));
  if (ready !== null && first && first.startSeconds > ready)
    spans.push(part('wait', 'wait for the engine', started + ready, started + first.startSeconds));
  spans.push(...stepSpans(macroSteps, started));
  if (store) spans.push(part('store', 'store', started + store.startSeconds, started + store.endSeconds));
  const last = started + Math.max(store?.endSeconds ?? 0, macroSteps.at(-1)?.endSeconds ?? 0, ready ?? 0);
  // The clock of Redis counts whole milliseconds.
  if (trace.finishedAt !== null && ended > last) spans.push(part('record', 'record the end', last, ended));
  return spans;
}

/** By their start: rows of a job may be in several threads at once, and each entry says how many it held. */
function stepSpans(macroSteps: Trace['macroSteps'], started: number): WaterfallSpan[] {
  const inOrder = macroSteps.toSorted((one, other) => one.startSeconds - other.startSeconds);
  return inOrder.map(({ startSeconds, endSeconds, steps, rows, batchRows, batchJobs, calls }) => {
    const others = batchJobs > 1 ? `, ${figure(batchJobs)} jobs` : '';
    const many = calls > 1 ? `, ${calls} macro-steps` : '';
    const note = `${figure(rows)} of ${figure(batchRows)} rows${others}${many}`;
    const label = steps === 1 ? '1 step' : `${steps} steps`;
    return { ...part('macro-step', label, started + startSeconds, started + endSeconds), note };
  });
}

function part(kind: WaterfallSpan['kind'], label: string, start: number, end: number): WaterfallSpan {
  return { kind, label, note: '', start, end: Math.max(end, start) };
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** How long a span took. */
export function lengthOf({ start, end }: WaterfallSpan): string {
  return inWords(span(end - start));
}
