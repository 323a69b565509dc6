import { shiftActions, startTimestepForStrength, type SamplingOptions } from '#ddim';
import type { SamplingRequest, TensorPath } from '#contract';
import type { ModelVersionRecord } from '#storage';
import type { TensorInput } from './request-tensors.js';

/**
 * On a squared cosine schedule half of the starting variance is then the previous plan, half fresh noise; and
 * half the steps are saved.
 */
const DEFAULT_WARM_START_STRENGTH = 0.5;

/** What a request says of where it starts. */
type Asked = Pick<SamplingRequest, 'startTimestep' | 'strength'> & { readonly isWarmStart: boolean };

/**
 * The timestep that a request starts at, if it starts in the middle.
 * @throws InputError naming `strength` when it leaves no step, or the option that makes no list of timesteps
 */
export function startTimestepOf(
  { startTimestep, strength, isWarmStart }: Asked,
  options: SamplingOptions,
  { config }: ModelVersionRecord,
): number | undefined {
  if (startTimestep !== undefined) return startTimestep;
  const fraction = strength ?? (isWarmStart ? DEFAULT_WARM_START_STRENGTH : undefined);
  return fraction && startTimestepForStrength(config.numTrainTimesteps, options, fraction);
}

/** Rows of the job, and what each looks like. */
export type ActionSizes = Readonly<Record<'rows' | 'actionHorizon' | 'actionDim', number>>;

/**
 * Tensors of a request with the previous plan's actions, shifted, as its initialActions [rows,horizon,dim].
 * Shifted here and not by the worker, so that a job holds what it computes with.
 * @throws InputError naming `warmStart.executedSteps`
 */
export function withWarmStart(
  { warmStart }: SamplingRequest,
  { 'warmStart.previousActions': previous, ...tensors }: Partial<Record<TensorPath, TensorInput>>,
  sizes: ActionSizes,
): Partial<Record<Exclude<TensorPath, 'warmStart.previousActions'>, TensorInput>> {
  if (warmStart === undefined || previous === undefined) return tensors;
  const { executedSteps } = warmStart;
  const data = shiftActions({ previousActions: previous.data, executedSteps }, sizes, 'warmStart');
  return { ...tensors, initialActions: { shape: previous.shape, data } };
}
