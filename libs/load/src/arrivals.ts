import { seededUniform } from './seeded.js';

/**
 * Times of a Poisson process, ascending, in ms from 0 up to `ms`: independent clients that do not wait for
 * each other.
 */
export function poissonArrivals(ratePerSecond: number, ms: number, seed: number): number[] {
  const times: number[] = [];
  for (let at = gap(0); at < ms; at += gap(times.length)) times.push(at);
  return times;

  function gap(index: number): number {
    return (-Math.log(1 - seededUniform(seed, 'gap', index)) * 1e3) / ratePerSecond;
  }
}
