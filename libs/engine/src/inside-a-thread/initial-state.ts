/** A row before its first step. Knows nothing of batches, backends and what follows. */

import { fixedActionLevels, writeFixedActions, fillNormal, PURPOSES } from '#ddim';
import type { ThreadRequest } from '../protocol/thread-protocol.js';

/** The row's own initial noise [D] into out: given with the request, or drawn from its seed. */
export function writeInitialNoise(request: ThreadRequest, row: number, out: Float32Array): void {
  if (request.initialNoise) out.set(rowOf(request.initialNoise, row, out.length));
  else fillNormal(out, { seed: request.seed, row, purpose: PURPOSES.initialNoise }, 0);
}

/**
 * The state x [D] of a row before its first step into out: the actions themselves for an encode, A y + B z0
 * at the plan's first level when there are actions y to start from, else the noise z0; then the known
 * elements of fixed actions.
 */
export function writeInitialState(request: ThreadRequest, row: number, out: Float32Array): void {
  const { plan, initialActions, fixedActions } = request;
  if (plan.direction === 'encode') {
    if (initialActions) out.set(rowOf(initialActions, row, out.length));
    return;
  }
  const z0 = new Float32Array(out.length);
  writeInitialNoise(request, row, z0);
  out.set(z0);
  if (initialActions) {
    const y = rowOf(initialActions, row, out.length);
    const A = Math.sqrt(plan.levels[0]);
    const B = Math.sqrt(1 - plan.levels[0]);
    for (let i = 0; i < out.length; i++) out[i] = A * y[i] + B * z0[i];
  }
  if (fixedActions) {
    const levels = fixedActionLevels(plan);
    const y = rowOf(fixedActions.values, row, out.length);
    writeFixedActions(out, { mask: fixedActions.mask, y, z0 }, [levels[0], levels[1]]);
  }
}

/** Row [D] of an array [rows,D], a view. */
export function rowOf(array: Float32Array, row: number, size: number): Float32Array {
  return array.subarray(row * size, (row + 1) * size);
}
