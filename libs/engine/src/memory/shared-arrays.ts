/** Copies arrays, plans and models into memory that all threads share. Knows nothing of who reads them. */

import type { StepPlan } from '#ddim';
import { isImported, type ModelSource } from '../backend/backend.js';

const sharedPlans = new WeakMap<StepPlan, StepPlan>();

/** The same numbers in shared memory, where every thread reads them without a copy of its own. */
export function shareFloat32(array: Float32Array): Float32Array {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const shared = new Float32Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

export function shareUint8(array: Uint8Array): Uint8Array {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const shared = new Uint8Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

/** The plan with its arrays in shared memory; one copy per plan, however many requests use it. */
export function sharePlan(plan: StepPlan): StepPlan {
  const known = sharedPlans.get(plan);
  if (known) return known;
  const shared: StepPlan = {
    ...plan,
    timesteps: shareInt32(plan.timesteps),
    levels: shareFloat64(plan.levels),
    coefficients: shareFloat32(plan.coefficients),
    noiseFactors: shareFloat64(plan.noiseFactors),
  };
  sharedPlans.set(plan, shared);
  return shared;
}

/** The model with its weights in shared memory, so that no thread holds a copy of them in JavaScript. */
export function shareModel(source: ModelSource): ModelSource {
  if (isImported(source)) return { ...source, file: shareUint8(source.file) };
  const parameters = new Map(Array.from(source.parameters, ([name, array]) => [name, shareFloat32(array)]));
  return { ...source, parameters };
}

function shareInt32(array: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

function shareFloat64(array: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}
