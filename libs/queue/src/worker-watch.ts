import type { Redis } from 'ioredis';
import { Keys } from './keys.js';
import { Wakes } from './wake.js';

/** Whether somebody looks at the workers now: then they say every second what they do. */
export class WorkerWatch {
  readonly #keys: Keys;

  /** @param subscriber a connection of its own, needed only by workers */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber?: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Asks every worker for a heartbeat now. */
  async ask(): Promise<void> {
    await this.redis.publish(this.#keys.watchChannel, '');
  }

  /** Listens for whoever asks; goes on by itself across reconnects. */
  async subscribe(onAsked: () => void): Promise<void> {
    if (this.subscriber === undefined) throw new TypeError('subscribing needs a connection of its own');
    await new Wakes(this.subscriber).subscribe(this.#keys.watchChannel, (text) => {
      if (text !== undefined) onAsked();
    });
  }
}
