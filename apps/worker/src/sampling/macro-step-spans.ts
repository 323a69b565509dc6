import type { SharedMacroStep } from '#engine';
import type { Span } from '#server';

/** A trace that lists more helps nobody; the others are only counted. */
const MOST_LISTED = 200;

/**
 * Makes a macro-step that had rows of a job a part of the job's span: each of the jobs that share it has its
 * own, and `stride.macro_step` is the same in all of them. Undefined where nobody records the span.
 */
export function macroStepSpans(span: Span): ((step: SharedMacroStep) => void) | undefined {
  if (!span.isRecorded) return undefined;
  let count = 0;
  return ({ thread, numRows, ownRows, numRequests, stepsPerCall, ...time }) => {
    count += 1;
    span.set({ 'stride.macro_steps': count });
    if (count > MOST_LISTED) return;
    span.part('macro-step', time, {
      'stride.macro_step': `${thread}-${Math.round(1e3 * time.startedAt)}`,
      'stride.thread': thread,
      'stride.rows': numRows,
      'stride.own_rows': ownRows,
      'stride.jobs': numRequests,
      'stride.steps': stepsPerCall,
    });
  };
}
