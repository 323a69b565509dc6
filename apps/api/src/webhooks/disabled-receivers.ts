import { Injectable } from '@nestjs/common';
import { Keys, LIFETIMES } from '#queue';
import { QueueConnection } from '../queue/queue-connection.js';

/** The receivers that have answered 410 to an owner: not called until he asks for it, or a week is over. */
@Injectable()
export class DisabledReceivers {
  readonly #keys = new Keys();

  constructor(private readonly connection: QueueConnection) {}

  async has(owner: string, url: string): Promise<boolean> {
    return (await this.connection.redis.exists(this.#keys.disabledReceiver(owner, url))) === 1;
  }

  async add(owner: string, url: string): Promise<void> {
    await this.connection.redis.set(this.#keys.disabledReceiver(owner, url), '', 'PX', LIFETIMES.disabledReceiverMs);
  }

  async remove(owner: string, url: string): Promise<void> {
    await this.connection.redis.del(this.#keys.disabledReceiver(owner, url));
  }
}
