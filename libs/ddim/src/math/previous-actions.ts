import { checkInteger, checkLength } from '../checks.js';
import type { DenoiserConfig } from '../network/denoiser.js';

/** The plan that is being executed: its actions, and how many of each row were executed. */
interface PreviousActions {
  /** [rows,horizon,dim] in any units. */
  readonly previousActions: Float32Array;
  /** 0..horizon-1. */
  readonly executedSteps: number;
}

/**
 * What is left of a plan, at its place in the next one: row h is the previous plan's row h + executedSteps,
 * and rows past its end repeat its last one, since nothing is known of them.
 * @param field of the request that says so: `warmStart` or `realTimeChunking`
 * @returns [rows,horizon,dim], an array of its own, in the units of previousActions
 * @throws InputError `shape_mismatch` or `validation_failed`, naming `previousActions` or `executedSteps` of
 * the field
 */
export function shiftActions(
  { previousActions, executedSteps }: PreviousActions,
  { rows, actionHorizon, actionDim }: { readonly rows: number } & Pick<DenoiserConfig, 'actionHorizon' | 'actionDim'>,
  field: string,
): Float32Array {
  const D = actionHorizon * actionDim;
  checkLength(`${field}.previousActions`, previousActions.length, rows * D, '[rows,horizon,dim]');
  checkInteger(`${field}.executedSteps`, executedSteps, 0, actionHorizon - 1);
  const shifted = new Float32Array(rows * D);
  for (let row = 0; row < rows; row++) {
    const previous = previousActions.subarray(row * D, (row + 1) * D);
    const last = previous.subarray(D - actionDim);
    shifted.set(previous.subarray(executedSteps * actionDim), row * D);
    for (let h = actionHorizon - executedSteps; h < actionHorizon; h++) shifted.set(last, row * D + h * actionDim);
  }
  return shifted;
}
