import { setImmediate } from 'node:timers/promises';
import type { DenoiserParameters, Numbers } from '#ddim';
import type { TrainingInput } from './training-options.js';

/** Numbers copied between two turns of the event loop: 4 MiB, about a millisecond. */
const NUMBERS_PER_TURN = 1 << 20;

/**
 * The input of a run with its large arrays in shared memory, which a thread gets without a copy. Arrays that
 * lie there already are taken as they are; the others are copied in pieces, because a dataset of 1 GB at once
 * would stop the event loop for half a second.
 */
export async function shareTrainingInput(input: TrainingInput): Promise<TrainingInput> {
  const { config, dataset, resumeFrom, initFrom } = input;
  const observations = await share(dataset.observations);
  const actions = await share(dataset.actions);
  const tensors = [];
  for (const tensor of resumeFrom?.tensors ?? []) tensors.push({ ...tensor, data: await share(tensor.data) });
  return {
    config,
    dataset: { ...dataset, observations, actions },
    resumeFrom: resumeFrom && { ...resumeFrom, tensors },
    initFrom: initFrom && { ...initFrom, parameters: await shareParameters(initFrom.parameters) },
  };
}

async function shareParameters(parameters: DenoiserParameters): Promise<DenoiserParameters> {
  const shared = new Map<string, Float32Array>();
  for (const [name, values] of parameters) shared.set(name, await share(values));
  return shared;
}

async function share<Values extends Numbers>(array: Values): Promise<Values>;
async function share(array: Numbers): Promise<Numbers> {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const memory = new SharedArrayBuffer(array.byteLength);
  const shared = array instanceof Float64Array ? new Float64Array(memory) : new Float32Array(memory);
  for (let start = 0; start < array.length; start += NUMBERS_PER_TURN) {
    if (start > 0) await setImmediate();
    shared.set(array.subarray(start, start + NUMBERS_PER_TURN), start);
  }
  return shared;
}
