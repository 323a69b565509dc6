import { seededUniform } from './seeded.js';

/** One size of job and how often it comes, relative to the others. */
export interface LoadSize {
  readonly rows: number;
  readonly steps: number;
  readonly weight: number;
}

/** A reproducible sequence of job sizes in which each comes as often as its weight says. */
export class JobMix {
  private readonly totalWeight: number;

  /** @param sizes at least one */
  constructor(
    readonly sizes: readonly LoadSize[],
    private readonly seed: number,
  ) {
    this.totalWeight = sizes.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** The place in `sizes` of job number `index`. */
  at(index: number): number {
    let left = seededUniform(this.seed, 'size', index) * this.totalWeight;
    const place = this.sizes.findIndex(({ weight }) => (left -= weight) < 0);
    return place === -1 ? this.sizes.length - 1 : place; // rounding may leave a little
  }
}
