/** How much work comes per ms, lately. Knows nothing of what the work is. */

/** What arrived counts for about so long. */
const MEMORY_MS = 2_000;

/** How much work arrives per ms, over the last seconds. */
export class ArrivalRate {
  private amount = 0;
  private at = 0;

  add(amount: number, now: number): void {
    this.amount = this.remaining(now) + amount;
    this.at = now;
  }

  perMs(now: number): number {
    return this.remaining(now) / MEMORY_MS;
  }

  private remaining(now: number): number {
    return this.amount * Math.exp((this.at - now) / MEMORY_MS);
  }
}
