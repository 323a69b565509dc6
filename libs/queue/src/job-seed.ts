import { hash } from 'node:crypto';

/**
 * The seed of a job that named none: a function of its id, so that even a job that is added again gives the
 * same bytes.
 */
export function seedOf(jobId: string): number {
  const digest = hash('sha256', jobId, 'hex'); // a hash object costs three times as much
  return Number(BigInt(`0x${digest.slice(0, 16)}`) >> 11n);
}
