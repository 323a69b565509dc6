import type { PolicyInterface } from '#contract';
import { fieldProblem } from '../http/problem.js';

/**
 * @param path of the policy in the request
 * @throws HttpProblem `validation_failed` unless names and units, if any, are one for each number
 */
export function requireNamesOfActions(
  policy: PolicyInterface | undefined,
  { actionDim }: { readonly actionDim: number },
  path = '',
): void {
  for (const field of ['actionNames', 'actionUnits'] as const) {
    const names = policy?.[field];
    if (names === undefined || names.length === actionDim) continue;
    throw fieldProblem(`${path}${field}`, `expected ${actionDim}, one for each number of a step, got ${names.length}`);
  }
}
