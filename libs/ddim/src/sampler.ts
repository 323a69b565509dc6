import type { Predict } from './denoiser.js';
import type { StepPlan } from './step-plan.js';

/** conditions [rows,H]; initialNoise, initialActions, values [rows,D], normalised; mask [D], 1 = known; outputSize = D. */
export interface SampleRequest {
  readonly seed: number;
  readonly rows: number;
  readonly outputSize: number;
  readonly conditions: Float32Array;
  readonly nullCondition?: Float32Array;
  readonly initialNoise?: Float32Array;
  readonly initialActions?: Float32Array;
  readonly fixedActions?: { readonly mask: Uint8Array; readonly values: Float32Array };
  readonly onStep?: (step: number, x0: Float32Array) => void;
}

/** Sequential reference sampler: normalised actions [rows,D]. */
export function sample(predict: Predict, plan: StepPlan, request: SampleRequest): Float32Array {
  throw new Error(`unfinished: ${predict.name} ${plan.kind} ${request.rows}`);
}

/** DDIM inversion of initialActions: noise [rows,D]; the plan's direction is 'encode'. */
export function encode(predict: Predict, plan: StepPlan, request: SampleRequest): Float32Array {
  throw new Error(`unfinished: ${predict.name} ${plan.kind} ${request.rows}`);
}
