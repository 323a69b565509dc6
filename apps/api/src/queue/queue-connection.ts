import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Queue, type Telemetry } from 'bullmq';
import {
  DurableWrites,
  GatedQueue,
  isConnectionError,
  queueOptions,
  QueueShard,
  QueueUnavailableError,
  Wakes,
} from '#queue';
import { ofEachKind, type JobKind } from '#contract';
import { createProducerRedis, createWorkerRedis, type RedisAddress } from '#server';

interface ConnectionOptions {
  /** Of the shard's keys; default: those of the first. */
  readonly prefix?: string;
  /** Whether `settled` waits for Redis' disk. */
  readonly isDurable?: boolean;
  /** Hears of each job that is added. */
  readonly telemetry?: Telemetry | undefined;
}

/**
 * The API's connections to Redis for one shard: one that fails fast for everything a request waits for
 * (BullMQ's queues included, so that what a request sends stays in order), and one for subscriptions. What is
 * nobody's job, such as keys and quotas, stands on that of the first shard.
 */
export class QueueConnection extends QueueShard<ReturnType<typeof createProducerRedis>> {
  readonly wakes: Wakes;
  readonly queues: Readonly<Record<JobKind, GatedQueue>>;
  readonly isDurable: boolean;
  private readonly subscriber: ReturnType<typeof createWorkerRedis>;
  private readonly logger = new Logger(QueueConnection.name);

  /** It blocks while it waits for the disk. */
  private readonly disk: ReturnType<typeof createWorkerRedis> | undefined;
  private readonly writes: DurableWrites | undefined;

  constructor(address: RedisAddress, { prefix, isDurable = false, telemetry }: ConnectionOptions = {}) {
    const there = { ...address, ...(prefix !== undefined && { prefix }) };
    const redis = createProducerRedis(there);
    const subscriber = createWorkerRedis(there);
    super({ redis, subscriber, prefix });
    this.subscriber = subscriber;
    this.wakes = new Wakes(subscriber);
    this.isDurable = isDurable;
    this.disk = isDurable ? createWorkerRedis(there) : undefined;
    this.writes = this.disk && new DurableWrites(this.disk, prefix);
    this.queues = ofEachKind((kind) => new GatedQueue(this.queue(kind, telemetry)));
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  /** Whether Redis answers now or begins to within so long. */
  async isReadyWithin(ms: number): Promise<boolean> {
    if (!this.isReady) {
      await once(this.redis, 'ready', { signal: AbortSignal.timeout(ms) }).catch(() => undefined); // or late
    }
    return this.isReady;
  }

  /** @throws QueueUnavailableError while Redis is away: at once, rather than after a command has timed out */
  requireReady(): void {
    if (!this.isReady) throw new QueueUnavailableError();
  }

  /**
   * What was written before may be acknowledged from now on.
   * @throws QueueUnavailableError when the disk of Redis took too long
   */
  async settled(): Promise<void> {
    await this.writes?.settled();
  }

  /** Everything that reads, before what it reads from. */
  async close(): Promise<void> {
    // Each of these waits for Redis if it is away, which shutting down must not.
    this.subscriber.disconnect();
    const closing = Object.values(this.queues).map(({ queue }) => queue.close());
    await Promise.allSettled(this.isReady ? closing : []);
    this.redis.disconnect();
    this.disk?.disconnect();
  }

  private queue(name: string, telemetry: Telemetry | undefined): Queue {
    const options = { ...queueOptions, prefix: this.keys.prefix, connection: this.redis };
    const queue = new Queue(name, telemetry ? { ...options, telemetry } : options);
    queue.on('error', (error) => this.report(error));
    return queue;
  }

  /** The connection itself says when Redis is lost and found; only what else goes wrong is news. */
  private report(error: Error): void {
    if (!isConnectionError(error)) this.logger.warn(error.message);
  }
}
