import type { Redis } from 'ioredis';

/** Called with each message of a channel, and without one when some may have got lost: then look. */
type OnWake = (message?: string) => void;

/** Messages get lost: whoever waits for one looks by itself as often as this, however it is woken. */
export const LOOK_AGAIN_MS = {
  /** A request that waits for an end: such a look costs as much as all else that it asks of Redis. */
  waiting: 5_000,
  /** A client that follows events. */
  following: 15_000,
} as const;

interface Channel {
  readonly sleepers: Set<OnWake>;
  readonly subscribed: Promise<unknown>;
  /** Once subscribed; before, nobody knows that messages come. */
  isUp: boolean;
}

/**
 * Wakes those who wait for something in Redis, by the messages of channels. Goes on by itself across
 * reconnects.
 */
export class Wakes {
  readonly #channels = new Map<string, Channel>();

  /** @param subscriber a connection that only listens */
  constructor(private readonly subscriber: Redis) {
    subscriber.on('message', (channel: string, message: string) => this.#wake(channel, message));
    subscriber.on('ready', () => this.#subscribeAgain());
  }

  /** Wakes at each message from now on; also once the subscription is up, and whenever it is up again. */
  async subscribe(channel: string, onWake: OnWake): Promise<void> {
    let entry = this.#channels.get(channel);
    if (entry === undefined) {
      entry = { sleepers: new Set(), subscribed: this.subscriber.subscribe(channel), isUp: false };
      this.#channels.set(channel, entry);
    }
    entry.sleepers.add(onWake);
    await entry.subscribed;
    entry.isUp = true;
    onWake();
  }

  unsubscribe(channel: string, onWake: OnWake): void {
    const sleepers = this.#channels.get(channel)?.sleepers;
    sleepers?.delete(onWake);
    if (sleepers?.size !== 0) return;
    this.#channels.delete(channel);
    // disconnected: nothing is subscribed any more
    this.subscriber.unsubscribe(channel).catch(() => undefined);
  }

  /** ioredis subscribes again by itself; asking once more is how to know when that is done. */
  #subscribeAgain(): void {
    const channels = [...this.#channels].flatMap(([channel, { isUp }]) => (isUp ? [channel] : []));
    if (channels.length === 0) return;
    this.subscriber.subscribe(...channels).then(
      () => channels.forEach((channel) => this.#wake(channel)),
      () => undefined, // away again: the next `ready` comes here too
    );
  }

  #wake(channel: string, message?: string): void {
    for (const onWake of this.#channels.get(channel)?.sleepers ?? []) onWake(message);
  }
}
