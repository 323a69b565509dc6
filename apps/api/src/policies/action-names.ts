import type { PolicyInterface } from '#contract';
import type { ModelVersionRecord } from '#storage';
import { fieldProblem } from '../http/problem.js';

/** @throws HttpProblem `validation_failed` unless names and units, if any, are one for each number */
export function requireNamesOfActions(policy: PolicyInterface, { config: { actionDim } }: ModelVersionRecord): void {
  for (const field of ['actionNames', 'actionUnits'] as const) {
    const names = policy[field];
    if (names === undefined || names.length === actionDim) continue;
    throw fieldProblem(field, `expected ${actionDim}, one for each number of a step, got ${names.length}`);
  }
}
