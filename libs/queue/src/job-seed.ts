import { createHash } from 'node:crypto';

/**
 * The seed of a job that named none: a function of its id, so that even a job that is added again gives the
 * same bytes.
 */
export function seedOf(jobId: string): number {
  const digest = createHash('sha256').update(jobId).digest();
  return Number(digest.readBigUInt64BE() >> 11n);
}
