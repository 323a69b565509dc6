import type { StepPlan } from './step-plan.js';

/** [S+1,2] = √ā, √(1-ā): row 0 at the start, row i+1 after step i; after the last step of a sampling plan exactly 1, 0. */
export function fixedActionLevels(plan: StepPlan): Float32Array {
  throw new Error(`unfinished: ${plan.kind}`);
}
