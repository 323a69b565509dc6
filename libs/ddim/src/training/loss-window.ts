/** Means over the updates since the last log point. */
export class LossWindow {
  private loss = 0;
  private gradNorm = 0;
  private updates = 0;
  private since: number;
  private means: number[] = [];

  /** @param now seconds of a monotonic clock */
  constructor(private readonly now: () => number) {
    this.since = now();
  }

  add(loss: number, gradNorm: number): void {
    this.loss += loss;
    this.gradNorm += gradNorm;
    this.updates += 1;
  }

  /** What has come together, which then begins anew. */
  close(): { readonly loss: number; readonly gradNorm: number; readonly stepsPerSecond: number } {
    const { updates, since } = this;
    const now = this.now();
    const loss = this.loss / updates;
    const means = { loss, gradNorm: this.gradNorm / updates, stepsPerSecond: updates / Math.max(now - since, 1e-9) };
    this.means = [...this.means.slice(-1), loss];
    [this.loss, this.gradNorm, this.updates, this.since] = [0, 0, 0, now];
    return means;
  }

  get isEmpty(): boolean {
    return this.updates === 0;
  }

  /** Mean loss of the last two log points. */
  get recentLoss(): number {
    return this.means.reduce((sum, mean) => sum + mean, 0) / this.means.length;
  }
}
