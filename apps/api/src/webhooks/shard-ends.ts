import type { NoticedEnd } from '#queue';
import type { QueueConnection } from '../queue/queue-connection.js';

/** The ends in one shard that are to be reported: taken out one after the other, whoever asks for that. */
export class ShardEnds {
  /** What runs now, and whether it was asked for again since it began. */
  #draining: Promise<void> | undefined;
  #again = false;

  /** @param take queues deliveries of these ends */
  constructor(
    readonly shard: QueueConnection,
    private readonly take: (ends: readonly NoticedEnd[]) => Promise<void>,
  ) {}

  async drain(): Promise<void> {
    this.#again = true;
    this.#draining ??= this.#takeAll().finally(() => (this.#draining = undefined));
    await this.#draining;
  }

  async #takeAll(): Promise<void> {
    const { outbox } = this.shard;
    while (this.#again && this.shard.isReady) {
      this.#again = false;
      for (let ends = await outbox.ended(); ends.length > 0; ends = await outbox.ended()) {
        await this.take(ends);
        await outbox.settle(ends.map(({ jobId }) => jobId));
      }
    }
  }
}
