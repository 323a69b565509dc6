import { shiftActions, startTimestepForStrength, type SamplingOptions } from '#ddim';
import type { SamplingRequest } from '#jobs';
import type { ModelVersionRecord } from '#storage';
import type { RequestTensors, TensorInput } from './request-tensors.js';

/** On a squared cosine schedule half of the starting variance is then the previous plan, half fresh noise; and half the steps are saved. */
const DEFAULT_WARM_START_STRENGTH = 0.5;

/**
 * The timestep that a request starts at, if it starts in the middle.
 * @throws InputError naming `strength` when it leaves no step, or the option that makes no list of timesteps
 */
export function startTimestepOf(
  { startTimestep, strength, warmStart }: SamplingRequest,
  options: SamplingOptions,
  { config }: ModelVersionRecord,
): number | undefined {
  if (startTimestep !== undefined) return startTimestep;
  const fraction = strength ?? (warmStart && DEFAULT_WARM_START_STRENGTH);
  return fraction && startTimestepForStrength(config.numTrainTimesteps, options, fraction);
}

/**
 * The actions that a request starts from [rows,horizon,dim]: its own, or the previous plan's, shifted. Shifted here and not by the
 * worker, so that a job holds what it computes with.
 * @throws InputError naming the tensor or `warmStart.executedSteps`
 */
export async function initialActionsOf(
  { initialActions, warmStart }: SamplingRequest,
  tensors: RequestTensors,
  {
    rows,
    actionHorizon,
    actionDim,
  }: { readonly rows: number; readonly actionHorizon: number; readonly actionDim: number },
): Promise<TensorInput | undefined> {
  const shape = [rows, actionHorizon, actionDim];
  const previous = await tensors.read(warmStart?.previousActions, 'warmStart.previousActions', shape);
  if (warmStart === undefined || previous === undefined) return tensors.read(initialActions, 'initialActions', shape);
  const shifted = shiftActions({ previousActions: previous.data, executedSteps: warmStart.executedSteps }, rows, {
    actionHorizon,
    actionDim,
  });
  return { shape, data: shifted };
}
