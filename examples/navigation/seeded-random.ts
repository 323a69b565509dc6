import { fillWords, uniform } from '#ddim';

/** Apart from every purpose that the product itself draws for. */
const PURPOSE = 211;

/** Numbers one after the other, the same for the same seed and row. */
export class SeededRandom {
  private index = 0;
  private readonly word = new Uint32Array(1);

  constructor(
    private readonly seed: number,
    private readonly row = 0,
  ) {}

  /** In [0, 1). */
  next(): number {
    fillWords(this.word, { seed: this.seed, row: this.row, purpose: PURPOSE }, this.index++);
    return uniform(this.word[0] ?? 0);
  }

  /** In [-half, half). */
  within(half: number): number {
    return (2 * this.next() - 1) * half;
  }
}
