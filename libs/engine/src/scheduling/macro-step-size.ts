/**
 * How many steps one backend call takes, and after how many calls a thread asks again. Knows nothing of rows
 * but their steps left.
 */

/** Few different shapes: backends keep memory plans per shape. */
const STEPS_PER_CALL = [50, 25, 10, 5, 2, 1] as const;
/**
 * Nobody can interrupt a call: whoever comes, or waits for a place that a row gives free, waits for its end.
 * Longer calls gain little: from 5 steps on a call's fixed cost is lost in the network's, so that 5 steps may
 * take twice as long. Bulk rows are in no hurry. In a simulation of jobs of 10, 50 and 250 steps, calls of 10
 * to 25 ms doubled the 99th percentile of the short ones.
 */
const CALL_MS = { usual: 5, fewSteps: 10, bulk: 25 };
const FEW_STEPS = 5;
/**
 * A thread works by itself for so long at most; arrivals that would join its rows, and cancellations, call it
 * back sooner. Rows that wait outside rank behind those of the batch and would not be chosen at its next call
 * either, but deadlines and other lanes want to be looked at.
 */
const RUN_MS = { shared: 20, usual: 100 };
/**
 * Batches of fewer rows lose 25 to 40 % at one step per call: they take few steps at once, however slow these
 * are.
 */
const SMALL_BATCH_ROWS = 8;
/** Share of row-steps that rows past their end may idle away … */
const MOST_IDLE = 0.1;
/** … and in a call that would take about as long with fewer steps. */
const MOST_IDLE_OF_CHEAP_CALL = 0.5;

export interface MacroStepSituation {
  /** ms of one step of this batch. */
  readonly stepMs: number;
  /** Steps left of each of its rows. */
  readonly stepsLeft: readonly number[];
  /** Whether all its rows are bulk rows. */
  readonly isBulk: boolean;
  /** Whether requests with deadlines, or other lanes, want to be looked at soon. */
  readonly isShared: boolean;
  /** Steps until a preview is due. */
  readonly stepsToPreview: number | undefined;
  /** 1 for raw plans; else what the backend allows. */
  readonly maxStepsPerCall: number;
  /** BackendCapabilities.cheapStepsPerCall. */
  readonly cheapStepsPerCall: number;
}

interface MacroStepSize {
  readonly stepsPerCall: number;
  readonly maxMacroSteps: number;
}

/** How many steps per backend call, and how many calls before the thread must ask again. */
export function macroStepSize(situation: MacroStepSituation): MacroStepSize {
  const { stepMs, stepsLeft, isShared, stepsToPreview = Infinity } = situation;
  const stepsPerCall = STEPS_PER_CALL.find((steps) => isAcceptable(steps, situation)) ?? 1;
  const mostSteps = Math.min(...stepsLeft, Math.max(stepsToPreview, 1));
  const maxMacroSteps = Math.floor(
    Math.min((isShared ? RUN_MS.shared : RUN_MS.usual) / stepMs, mostSteps) / stepsPerCall,
  );
  return { stepsPerCall, maxMacroSteps: Math.max(1, maxMacroSteps) };
}

function isAcceptable(steps: number, situation: MacroStepSituation): boolean {
  const { stepMs, stepsLeft, stepsToPreview = Infinity, maxStepsPerCall, cheapStepsPerCall } = situation;
  if (steps === 1) return true;
  if (steps > maxStepsPerCall || steps > Math.max(stepsToPreview, 1)) return false;
  const isCheap = steps <= cheapStepsPerCall;
  if (!isCheap && steps * stepMs > longestCallMs(steps, situation)) return false;
  let idle = 0;
  for (const left of stepsLeft) idle += Math.max(0, steps - left);
  return idle <= (isCheap ? MOST_IDLE_OF_CHEAP_CALL : MOST_IDLE) * steps * stepsLeft.length;
}

function longestCallMs(steps: number, { stepsLeft, isBulk }: MacroStepSituation): number {
  if (steps <= FEW_STEPS && stepsLeft.length < SMALL_BATCH_ROWS) return Infinity;
  if (isBulk) return CALL_MS.bulk;
  return steps <= FEW_STEPS ? CALL_MS.fewSteps : CALL_MS.usual;
}
