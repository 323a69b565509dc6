/**
 * Turns chosen rows into an assignment: how many steps per call, and how many calls. Knows nothing of why
 * these rows.
 */

import type { Assignment } from './assignment.js';
import { macroStepSize } from './macro-step-size.js';
import type { PolicyContext } from './policy.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';

interface BatchTerms {
  /** Cap in force. */
  readonly maxBatchRows: number;
  /** Whether requests with deadlines, or other lanes, want to be looked at soon. */
  readonly isShared: boolean;
}

/** Rows that a thread shall run, and what that should cost. */
interface BatchAssignment {
  readonly assignment: Assignment;
  /** Thread time that it should take. */
  readonly expectedMs: number;
}

/**
 * The assignment of these rows of one lane: as many steps per call, and calls, as what is known of the lane's
 * speed allows.
 */
export function assignBatch(
  context: PolicyContext,
  rows: readonly Row<RequestState>[],
  { maxBatchRows, isShared }: BatchTerms,
): BatchAssignment {
  const [
    {
      owner: { lane },
    },
  ] = rows;
  const now = context.now();
  const networkRows = rows.reduce((sum, { owner }) => sum + (owner.isGuided ? 2 : 1), 0);
  const noisyRows = rows.filter(({ owner }) => owner.request.plan.needsNoise).length;
  const stepMs = lane.cost.stepMs(networkRows, noisyRows);
  let stepsToPreview = Infinity;
  for (const row of rows) stepsToPreview = Math.min(stepsToPreview, row.stepsToPreview(now) ?? Infinity);
  const { stepsPerCall, maxMacroSteps } = macroStepSize({
    stepMs,
    stepsLeft: rows.map(({ stepsLeft }) => stepsLeft),
    isBulk: rows.every(({ owner }) => owner.request.priority === 'bulk'),
    isShared,
    stepsToPreview,
    maxStepsPerCall: lane.kind === 'raw' ? 1 : context.maxStepsPerCall,
    cheapStepsPerCall: context.cheapStepsPerCall,
  });
  const expectedMs = stepsPerCall * maxMacroSteps * stepMs;
  return { assignment: { kind: 'run', lane, rows, stepsPerCall, maxMacroSteps, maxBatchRows }, expectedMs };
}
