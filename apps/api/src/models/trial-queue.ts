import { CancelledError } from '#ddim';

interface Waiting {
  readonly client: string;
  readonly begin: () => void;
}

/** A trial may take a core and gigabytes of memory. */
const MAX_RUNNING = 2;

/**
 * Trials of what clients upload: two at a time, and one of each client, so that who sends files that hang
 * holds up himself. They begin in the order in which they came.
 */
export class TrialQueue {
  private readonly waiting = new Set<Waiting>();
  private readonly running = new Set<string>();

  /**
   * @param signal the client went away: a trial that waits does not begin any more @throws CancelledError, or
   * what the trial throws
   */
  async run<Result>(client: string, trial: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.turnOf(client, signal);
    try {
      return await trial();
    } finally {
      this.running.delete(client);
      this.beginNext();
    }
  }

  private turnOf(client: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(place);
        reject(new CancelledError('cancelled'));
      };
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const place = { client, begin };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.add(place);
      this.beginNext();
    });
  }

  private beginNext(): void {
    for (const place of this.waiting) {
      if (this.running.size >= MAX_RUNNING) return;
      if (this.running.has(place.client)) continue;
      this.waiting.delete(place);
      this.running.add(place.client);
      place.begin();
    }
  }
}
