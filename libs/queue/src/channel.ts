import type { Redis } from 'ioredis';

export interface ChannelListener {
  readonly onMessage: (text: string) => void;
  /** The subscription is up (again): what was sent before is lost. */
  readonly onSubscribed: () => void;
}

/** Listens to a channel; goes on by itself across reconnects. */
export async function listen(subscriber: Redis, channel: string, listener: ChannelListener): Promise<void> {
  subscriber.on('message', (from: string, text: string) => {
    if (from === channel) listener.onMessage(text);
  });
  await subscriber.subscribe(channel);
  subscriber.on('ready', () => {
    // ioredis subscribes again by itself; asking once more is how to know when that is done.
    subscriber.subscribe(channel).then(
      () => listener.onSubscribed(),
      () => undefined, // away again: the next `ready` comes here too
    );
  });
  listener.onSubscribed();
}
