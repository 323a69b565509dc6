import { LOOK_AGAIN_MS } from '#queue';

/**
 * One request's wait for a job: looks at every hint, and every 5 s without one.
 * @typeParam News what a hint may bring with it
 */
export class JobWait<News = never> {
  private hinted = false;
  private news: News | undefined;
  private isAbandoned = false;
  private isLeft = false;
  private stopSleep: (() => void) | undefined;

  /** @param fallAsleep called with every sleep; what it gives is called at its end */
  constructor(private readonly fallAsleep: () => () => void = () => () => undefined) {}

  /** A hint: also remembered while nobody sleeps. */
  wake(news?: News): void {
    this.hinted = true;
    this.news ??= news;
    this.stopSleep?.();
  }

  /** Looks once more and then no longer. */
  abandon(): void {
    this.isAbandoned = true;
    this.wake();
  }

  /** Nobody wants to know any more. */
  leave(): void {
    this.isLeft = true;
    this.stopSleep?.();
  }

  /**
   * What `look` finds, or undefined after `waitMs` or when nobody wants to know any more.
   * @param look reads the job, if the news so far do not say how it ended; undefined while it has not ended
   */
  async until<Found>(
    look: (news: News | undefined) => Promise<Found | undefined>,
    waitMs: number,
  ): Promise<Found | undefined> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.isLeft) return undefined;
      await this.sleep(Math.min(LOOK_AGAIN_MS.waiting, leftMs));
      const found = await look(this.news);
      if (found !== undefined || this.isAbandoned) return found;
    }
  }

  private async sleep(ms: number): Promise<void> {
    if (!this.hinted) {
      const awake = this.fallAsleep();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.stopSleep = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      awake();
    }
    this.stopSleep = undefined;
    this.hinted = false;
  }
}
