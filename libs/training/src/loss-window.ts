/** Log points whose mean is the final loss: the last one alone may be of a single update. */
const KEPT_MEANS = 2;

/** Means over the updates since the last log point. */
export class LossWindow {
  private loss = 0;
  private gradNorm = 0;
  private updates = 0;
  private since: number;

  /**
   * @param now seconds of a monotonic clock
   * @param means mean losses of the last log points, those of an earlier attempt included
   */
  constructor(
    private readonly now: () => number,
    private means: readonly number[],
  ) {
    this.since = now();
  }

  add(loss: number, gradNorm: number): void {
    this.loss += loss;
    this.gradNorm += gradNorm;
    this.updates += 1;
  }

  get isEmpty(): boolean {
    return this.updates === 0;
  }

  get recentMeans(): readonly number[] {
    return this.means;
  }

  /** Mean loss of the last two log points; NaN when no update was ever applied. */
  get recentLoss(): number {
    return this.means.reduce((sum, mean) => sum + mean, 0) / this.means.length;
  }

  /** What has come together, which then begins anew. */
  close(): { readonly loss: number; readonly gradNorm: number; readonly stepsPerSecond: number } {
    const { updates, since } = this;
    const now = this.now();
    const loss = this.loss / updates;
    const result = { loss, gradNorm: this.gradNorm / updates, stepsPerSecond: updates / Math.max(now - since, 1e-9) };
    this.means = [...this.means, loss].slice(-KEPT_MEANS);
    [this.loss, this.gradNorm, this.updates, this.since] = [0, 0, 0, now];
    return result;
  }
}
