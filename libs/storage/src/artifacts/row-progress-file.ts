import type { RowProgress } from '#engine';
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js';

/** Another number when what it says is meant otherwise: who does not know it begins the rows anew. */
const FORMAT = 'stride-row-progress-1';

/**
 * How far the rows of a job have come, as a safetensors file: `steps` [R] and `states` [R,D]. With the job's
 * id in it no other job has the same bytes.
 */
export function encodeRowProgress(progress: RowProgress, jobId: string): Uint8Array {
  const { arithmetic, steps, states, rowSeconds } = progress;
  const D = states.length / steps.length;
  return encodeSafetensors(
    [
      { name: 'steps', dtype: 'int32', shape: [steps.length], data: steps },
      { name: 'states', dtype: 'float32', shape: [steps.length, D], data: states },
    ],
    { format: FORMAT, arithmetic, rowSeconds: String(rowSeconds), job: jobId },
  );
}

/**
 * The inverse; undefined for a file of another job or of a format that this release does not know.
 * @throws InputError for what is no safetensors file
 */
export function decodeRowProgress(bytes: Uint8Array, jobId: string): RowProgress | undefined {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { format, arithmetic = '', rowSeconds, job } = metadata;
  const steps = tensors.get('steps');
  const states = tensors.get('states');
  if (format !== FORMAT || job !== jobId || steps?.dtype !== 'int32' || states?.dtype !== 'float32') return undefined;
  return { arithmetic, steps: steps.data, states: states.data, rowSeconds: Number(rowSeconds) };
}
