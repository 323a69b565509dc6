import type { CDPSession } from 'playwright-core';
import { z } from 'zod';

/** What became of the frames of a page while something was traced. */
export interface DrawnFrames {
  /** Refreshes of the screen at which something new of the page came. */
  readonly presented: number;
  /** As DevTools counts: refreshes that an animation, a scroll or the like missed. */
  readonly dropped: number;
  /**
   * Refreshes that anything missed that was asked for in time, though it came later: what the trace calls
   * STATE_DROPPED. DevTools shows those that affect smoothness alone, and a page of figures moves nothing.
   */
  readonly late: number;
  /** The main thread's time for all of it. */
  readonly taskSeconds: number;
}

const TraceEvent = z.object({
  name: z.string(),
  pid: z.number(),
  args: z
    .object({
      frame_reporter: z.object({ frame_source: z.number(), frame_sequence: z.number(), state: z.string() }).optional(),
    })
    .optional(),
});
type TraceEvent = z.output<typeof TraceEvent>;

const Metrics = z.object({ metrics: z.array(z.object({ name: z.string(), value: z.number() })) });

/**
 * Traces the page of a session while something goes on. Nothing may ask for frames of its own meanwhile, such
 * as requestAnimationFrame in a loop: each would be a frame that is wanted.
 */
export async function drawnFrames(session: CDPSession, during: () => Promise<void>): Promise<DrawnFrames> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...z.array(TraceEvent).parse(value)));
  await session.send('Performance.enable');
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline.frame'] },
  });
  const before = await taskSeconds(session);
  await during();
  const after = await taskSeconds(session);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  return { ...countFrames(events), taskSeconds: after - before };
}

/** The frames of the page alone: the browser's own windows draw, too, but have no main thread of Blink. */
function countFrames(events: readonly TraceEvent[]): Omit<DrawnFrames, 'taskSeconds'> {
  const pids = new Set(events.filter(({ name }) => name === 'BeginMainThreadFrame').map(({ pid }) => pid));
  const ofPage = events.filter(({ pid }) => pids.has(pid));
  const states = new Map<string, string[]>();
  for (const { args } of ofPage) {
    const report = args?.frame_reporter;
    if (report === undefined) continue;
    // what the compositor and the main thread have to show of a frame is reported apart
    const frame = `${report.frame_source} ${report.frame_sequence}`;
    states.set(frame, [...(states.get(frame) ?? []), report.state]);
  }
  const frames = [...states.values()];
  return {
    presented: frames.filter((reports) => reports.some((state) => state.startsWith('STATE_PRESENTED'))).length,
    dropped: ofPage.filter(({ name }) => name === 'DroppedFrame').length,
    late: frames.filter((reports) => reports.includes('STATE_DROPPED')).length,
  };
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = Metrics.parse(await session.send('Performance.getMetrics'));
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}
