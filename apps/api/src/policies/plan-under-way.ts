import { InputError, type DenoiserConfig } from '#ddim';
import { numbersIn } from '#storage';
import { fieldProblem } from '../http/problem.js';

/** What a client says of its plan that is no plain value. */
const KEY = 'previous_actions';

/** A plan that a client sends itself, for a service that keeps none of it. */
interface PlanUnderWay {
  /** [samples, horizon, dim]; what a left-over has lost is 0. */
  readonly shape: readonly number[];
  readonly actions: Float32Array;
  /** Steps that a left-over has lost. */
  readonly missingSteps: number;
}

/** The numbers of that plan, and what else the key `stride` of an observation holds. */
export function splitPlan(stride: unknown): { readonly numbers: Float32Array | undefined; readonly others: unknown } {
  if (!(stride instanceof Map) || !stride.has(KEY)) return { numbers: undefined, others: stride };
  const others = new Map([...stride].filter(([key]) => key !== KEY));
  return { numbers: numbersIn(stride.get(KEY), KEY), others };
}

/**
 * A plan [samples, horizon, dim], or the last steps of each sample.
 * @throws InputError `shape_mismatch` or HttpProblem `validation_failed`, naming `previous_actions`
 */
export function planUnderWay(
  numbers: Float32Array,
  { actionHorizon, actionDim }: DenoiserConfig,
  samples: number,
): PlanUnderWay {
  const steps = numbers.length / (samples * actionDim);
  if (steps === 0) throw fieldProblem(KEY, 'expected what is left of the plan, got nothing: leave it out');
  if (!Number.isInteger(steps) || steps > actionHorizon)
    throw new InputError(
      'shape_mismatch',
      `${KEY} must be ${samples === 1 ? '' : `[${samples}] times `}[up to ${actionHorizon},${actionDim}], got ${numbers.length} numbers`,
      { field: KEY },
    );
  const missingSteps = actionHorizon - steps;
  const actions = new Float32Array(samples * actionHorizon * actionDim);
  for (let sample = 0; sample < samples; sample++) {
    const left = numbers.subarray(sample * steps * actionDim, (sample + 1) * steps * actionDim);
    actions.set(left, (sample * actionHorizon + missingSteps) * actionDim);
  }
  return { shape: [samples, actionHorizon, actionDim], actions, missingSteps };
}
