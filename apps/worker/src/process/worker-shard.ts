import { QueueShard } from '#queue';
import { createWorkerRedis, type RedisAddress } from '#server';

/**
 * A shard as this worker serves it, through one connection that waits for Redis to come back, BullMQ's
 * included, so that what is sent for a job stays in order; and one for subscriptions.
 */
export class WorkerShard extends QueueShard<ReturnType<typeof createWorkerRedis>> {
  readonly #subscriber: ReturnType<typeof createWorkerRedis>;

  constructor(address: RedisAddress, prefix: string) {
    const there = { ...address, prefix };
    const subscriber = createWorkerRedis(there);
    super({ redis: createWorkerRedis(there), subscriber, prefix });
    this.#subscriber = subscriber;
  }

  close(): void {
    this.redis.disconnect();
    this.#subscriber.disconnect();
  }
}
