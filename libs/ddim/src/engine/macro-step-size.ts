/** Few different shapes: backends keep memory plans per shape. */
const STEPS_PER_CALL = [50, 25, 10, 5, 2, 1] as const;
/**
 * Nobody can interrupt a call: with rows outside, the places that it gives free should be filled soon; otherwise it must not keep
 * those waiting who may yet come. Bulk rows can wait for their places.
 */
const CALL_MS = { othersWait: 10, nobodyWaits: 25 };
/**
 * A thread works by itself for so long at most; arrivals that would join its rows, and cancellations, call it back sooner. Rows that wait
 * outside rank behind those of the batch and would not be chosen at its next call either, but deadlines and other lanes want to be looked at.
 */
const RUN_MS = { shared: 20, usual: 100 };
/** Small batches lose 25 to 40 % at one step per call, and nothing any more at five. */
const SMALL_BATCH = { rows: 8, leastSteps: 5 };
/** Share of row-steps that rows past their end may idle away. */
const MOST_IDLE = 0.1;

export interface MacroStepSituation {
  /** ms of one step of this batch. */
  readonly stepMs: number;
  /** Steps left of each of its rows. */
  readonly stepsLeft: readonly number[];
  /** Whether rows outside the batch could run that should not be kept waiting: those beside bulk rows can wait. */
  readonly othersWait: boolean;
  /** Whether requests with deadlines, or other lanes, want to be looked at soon. */
  readonly isShared: boolean;
  /** Steps until a preview is due. */
  readonly stepsToPreview: number | undefined;
  /** 1 for raw plans; else what the backend allows. */
  readonly maxStepsPerCall: number;
}

export interface MacroStepSize {
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
  const { stepMs, stepsLeft, othersWait, stepsToPreview = Infinity, maxStepsPerCall } = situation;
  if (steps === 1) return true;
  if (steps > maxStepsPerCall || steps > Math.max(stepsToPreview, 1)) return false;
  const isLeastOfSmallBatch = stepsLeft.length < SMALL_BATCH.rows && steps <= SMALL_BATCH.leastSteps;
  const limit = othersWait ? CALL_MS.othersWait : CALL_MS.nobodyWaits;
  if (steps * stepMs > limit && !isLeastOfSmallBatch) return false;
  let idle = 0;
  for (const left of stepsLeft) idle += Math.max(0, steps - left);
  return idle <= MOST_IDLE * steps * stepsLeft.length;
}
