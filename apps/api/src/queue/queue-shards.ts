import type { Telemetry } from 'bullmq';
import { newJobId, type JobKind } from '#contract';
import { meetingShard, QueueUnavailableError, ShardCounts, Shards, withDeadline } from '#queue';
import { redisAddress } from '#server';
import type { ApiConfig } from '../api-config.js';
import { QueueConnection } from './queue-connection.js';

const DEADLINE_MS = 2_000;

/** The shards of the queue as this process reaches them. One that is away is no reason to refuse others. */
export class QueueShards extends Shards<QueueConnection> {
  readonly counts: ShardCounts;

  constructor(config: ApiConfig, telemetry?: Telemetry) {
    const address = redisAddress(config);
    const isDurable = config.STRIDE_DURABLE_ACCEPT;
    super(config.STRIDE_SHARDS, (prefix) => new QueueConnection(address, { prefix, isDurable, telemetry }));
    this.counts = new ShardCounts(this.all[0].redis);
  }

  get ready(): readonly QueueConnection[] {
    return this.all.filter(({ isReady }) => isReady);
  }

  get areReady(): boolean {
    return this.ready.length === this.all.length;
  }

  /** @throws QueueUnavailableError while one is away, for what needs to see all */
  requireReady(): void {
    if (!this.areReady) throw new QueueUnavailableError();
  }

  /** Whether all answer now or begin to within so long. */
  async areReadyWithin(ms: number): Promise<boolean> {
    return (await Promise.all(this.all.map((shard) => shard.isReadyWithin(ms)))).every(Boolean);
  }

  /**
   * An id for a new job.
   * @param meets leads to its shard, such as an Idempotency-Key with its scope; absent: it may be in any that
   * is there
   */
  newJobId(kind: JobKind, meets: string | undefined): string {
    const shard = meets === undefined ? this.anyShard() : meetingShard(meets, this.all.length);
    return newJobId(kind, Date.now(), shard);
  }

  /**
   * Where what met by this text is if it is there, the likeliest place first: by the present number of
   * shards, and by those of the last day.
   * @throws QueueUnavailableError while one of these places is away
   */
  async meeting(text: string): Promise<readonly QueueConnection[]> {
    const { length } = this.all;
    const former = await withDeadline(this.counts.former(length), DEADLINE_MS);
    const shards = new Set([length, ...former].map((count) => meetingShard(text, count)));
    const places = [...shards].flatMap((shard) => this.all[shard] ?? []);
    for (const place of places) place.requireReady();
    return places;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((shard) => shard.close()));
  }

  private anyShard(): number {
    const there = this.ready.length > 0 ? this.ready : this.all;
    const chosen = there[Math.floor(Math.random() * there.length)];
    return chosen === undefined ? 0 : this.all.indexOf(chosen);
  }
}
