import { resolveChunking, shiftActions } from '#ddim';
import type { SamplingRequest, TensorPath } from '#contract';
import type { ModelVersionRecord } from '#storage';
import type { TensorInput } from './request-tensors.js';
import type { ActionSizes } from './starting-point.js';

/**
 * How the plan is pulled towards the one that is being executed, if it is.
 * @throws InputError naming the option at fault
 */
export function chunkingOf(
  { realTimeChunking }: SamplingRequest,
  { config: { actionHorizon } }: ModelVersionRecord,
  numSteps: number,
): ReturnType<typeof resolveChunking> | undefined {
  return realTimeChunking && resolveChunking(realTimeChunking, { actionHorizon, numSteps });
}

/** Tensors of a request with the actions that are being executed at their places in the next plan. */
export function withShiftedChunk(
  { realTimeChunking }: SamplingRequest,
  tensors: Partial<Record<TensorPath, TensorInput>>,
  sizes: ActionSizes,
): Partial<Record<TensorPath, TensorInput>> {
  const path = 'realTimeChunking.previousActions';
  const previous = tensors[path];
  if (realTimeChunking === undefined || previous === undefined) return tensors;
  const { executedSteps } = realTimeChunking;
  const data = shiftActions({ previousActions: previous.data, executedSteps }, sizes, 'realTimeChunking');
  return { ...tensors, [path]: { shape: previous.shape, data } };
}
