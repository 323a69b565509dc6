/** Seconds that a rate looks back. */
const WINDOW_SECONDS = 10;

/** How often something happens per second, over the last ten seconds or as long as it is counted. */
export class RecentRate {
  private readonly counts = new Float64Array(WINDOW_SECONDS);
  private readonly startedAt: number;
  /** The second that was counted last. */
  private newest: number;

  /** @param now milliseconds of a clock that does not jump */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.startedAt = now();
    this.newest = this.second();
  }

  count(): void {
    this.counts[this.turn() % WINDOW_SECONDS] += 1;
  }

  perSecond(): number {
    const within = this.now() / 1_000 - Math.max(this.turn() - WINDOW_SECONDS + 1, this.startedAt / 1_000);
    return this.counts.reduce((sum, count) => sum + count, 0) / Math.max(within, 1);
  }

  /** Forgets what is over. @returns the present second */
  private turn(): number {
    const second = this.second();
    for (let gone = Math.max(this.newest + 1, second - WINDOW_SECONDS + 1); gone <= second; gone++)
      this.counts[gone % WINDOW_SECONDS] = 0;
    this.newest = second;
    return second;
  }

  private second(): number {
    return Math.floor(this.now() / 1_000);
  }
}
