import { useSignal } from '@preact/signals';
import type { Trace } from './job-record.js';
import { lengthOf, waterfallSpans, type WaterfallSpan } from './waterfall-spans.js';

/** A queue that takes so many times as long as the rest would leave nothing to see of that. */
const LONG_QUEUE = 2;
const WIDTH = 1_000;

interface WaterfallProps {
  readonly trace: Trace;
  /** As the job has it; null before its start. */
  readonly queuedSeconds: number | null;
}

/** Where the time of a job went. */
export function Waterfall({ trace, queuedSeconds }: WaterfallProps) {
  const spans = waterfallSpans(trace, queuedSeconds, Date.now());
  const [queue, ...rest] = spans;
  const end = Math.max(...spans.map((span) => span.end));
  const start = queue?.end ?? 0;
  const fromStart = useSignal(start > LONG_QUEUE * (end - start) && rest.length > 0);
  const from = fromStart.value ? start : 0;
  return (
    <section>
      <h2>Where the time went</h2>
      <label>
        <input
          type="checkbox"
          checked={fromStart.value}
          onChange={({ currentTarget }) => (fromStart.value = currentTarget.checked)}
        />{' '}
        without the time in the queue
      </label>
      <ol class="waterfall">
        {spans.map((span, i) => (
          <SpanRow key={i} span={span} from={from} length={end - from} />
        ))}
      </ol>
      {trace.macroSteps.length === 0 && <p class="hint">{whyNoSteps(trace)}</p>}
    </section>
  );
}

interface SpanRowProps {
  readonly span: WaterfallSpan;
  readonly from: number;
  readonly length: number;
}

function SpanRow({ span, from, length }: SpanRowProps) {
  const place = (seconds: number) => Math.max((WIDTH * (seconds - from)) / Math.max(length, 1e-9), 0);
  const [left, right] = [place(span.start), place(span.end)];
  return (
    <li class={span.kind}>
      <span>{span.label}</span>
      <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
        <rect x={left} y="0" width={span.end <= from ? 0 : Math.max(right - left, 2)} height="10" />
      </svg>
      <span class="number" title="trace of the job">
        {lengthOf(span)}
      </span>
      <span class="label">{span.note}</span>
    </li>
  );
}

function whyNoSteps({ finishedAt, startedAt }: Trace): string {
  if (startedAt === null) return 'No macro-step has begun.';
  return finishedAt === null ? 'Macro-steps show within a second.' : 'Its worker left no macro-steps with it.';
}
