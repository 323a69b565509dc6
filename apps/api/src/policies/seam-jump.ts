import type { SamplingRequest } from '#contract';
import { decodeTensor } from '#queue';

/** A plan [samples, horizon, dim]. */
interface PlannedActions {
  readonly shape: readonly number[];
  readonly actions: Float32Array;
}

/** The plan before, as the request of the next one names it. */
type Previous = Pick<NonNullable<SamplingRequest['realTimeChunking']>, 'previousActions' | 'executedSteps'>;

/**
 * How far a plan is from the one before where it takes over: |a_new[d] - a_old[executed + d]| of the first
 * sample, in units of the data.
 * @param delaySteps d, actions until the plan is there
 * @returns undefined where one of them has ended by then
 */
export function seamJump(
  { previousActions, executedSteps }: Previous,
  { shape, actions }: PlannedActions,
  delaySteps: number,
): number | undefined {
  const [, horizon = 0, dim = 0] = shape;
  if (executedSteps + delaySteps >= horizon || Array.isArray(previousActions) || 'artifact' in previousActions)
    return undefined;
  const before = decodeTensor(previousActions, 'previousActions').data;
  const [next, old] = [delaySteps * dim, (executedSteps + delaySteps) * dim];
  let squares = 0;
  for (let j = 0; j < dim; j++) squares += (actions[next + j] - before[old + j]) ** 2;
  return Math.sqrt(squares);
}
