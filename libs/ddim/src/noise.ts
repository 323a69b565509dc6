import type { StreamId } from './rng.js';

/** Fills out with N(0, 1) numbers; element i depends on (stream, step, i) only. */
export function fillNormal(out: Float32Array, stream: StreamId, step: number): void {
  throw new Error(`unfinished: ${out.length} ${stream.seed} ${step}`);
}
