import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RedisClock, type NoticedEnd, type StoredJob } from '#queue';
import { JOB_KINDS, parseJobId, type JobKind, type WebhookEvent } from '#contract';
import { JobReader } from '../jobs/read/job-reader.js';
import { hasEnded, statusOf } from '../jobs/read/job-view.js';
import { QueueShards } from '../queue/queue-shards.js';
import { deliveryBody } from './delivery-body.js';
import { DeliveryIndex } from './delivery-index.js';
import { ShardEnds } from './shard-ends.js';
import { WaitingDeliveries } from './waiting-deliveries.js';
import { WebhookQueue } from './webhook-queue.js';

/** How soon an end is found that nobody has marked, or whose message nobody heard. */
const SWEEP_MS = 30_000;

/**
 * Turns the ends of jobs with a webhook into deliveries, at the message that there is one and by a sweep.
 * Every API process does, and none has to know of another: a job has one delivery, whoever adds it.
 */
@Injectable()
export class DeliveryIntake implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(DeliveryIntake.name);
  #timer: NodeJS.Timeout | undefined;
  readonly #ends: readonly ShardEnds[];

  constructor(
    shards: QueueShards,
    private readonly webhooks: WebhookQueue,
    private readonly index: DeliveryIndex,
    private readonly waiting: WaitingDeliveries,
    private readonly reader: JobReader,
    private readonly clock: RedisClock,
  ) {
    this.#ends = shards.all.map((shard) => new ShardEnds(shard, (ends) => this.#take(ends)));
  }

  onApplicationBootstrap(): void {
    for (const ends of this.#ends) {
      const listening = ends.shard.outbox.subscribe({
        onEnd: () => this.#inBackground(ends.drain()),
        onSubscribed: () => this.#inBackground(this.#sweep(ends)),
      });
      // closed before it was connected
      listening.catch((error: unknown) => this.#logger.debug(`not listening: ${String(error)}`));
    }
    this.#timer = setInterval(() => {
      for (const ends of this.#ends) this.#inBackground(this.#sweep(ends));
    }, SWEEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Redis went away in between: the next message or sweep finds the same. */
  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#logger.warn(`ends wait to be delivered: ${String(error)}`));
  }

  async #take(ends: readonly NoticedEnd[]): Promise<void> {
    const jobs = await this.#read(ends.map(({ jobId }) => jobId));
    await this.clock.refresh();
    const deliver = async (end: NoticedEnd): Promise<void> => {
      const { jobId, event, terms } = end;
      if (!terms.events.includes(event)) return;
      const { owner, url, trace } = terms;
      await this.index.add(jobId);
      await this.waiting.add(owner, jobId);
      const { endedAt, body } = deliveryBody(end, jobs.get(jobId), this.clock.now());
      await this.webhooks.add({ jobId, owner, url, event, endedAt, body }, trace);
    };
    await Promise.all(ends.map(deliver));
  }

  /** Marks the ends whose worker died between the record of the end and the script that publishes it. */
  async #sweep(ends: ShardEnds): Promise<void> {
    if (!ends.shard.isReady) return;
    const { outbox } = ends.shard;
    for await (const ids of outbox.unmarked()) {
      const jobs = await this.#read(ids);
      await outbox.mark(new Map([...jobs].flatMap(([jobId, job]) => toMark(jobId, job))));
      await this.#forget(
        ends,
        ids.filter((jobId) => !jobs.has(jobId)),
      );
    }
    await ends.drain();
    await this.index.trim(this.clock.now());
  }

  /** Jobs that are no longer kept, and of whose end nothing is known. */
  async #forget({ shard }: ShardEnds, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) this.#logger.warn(`webhooks of jobs that are gone are not called: ${ids.join(', ')}`);
    await shard.outbox.settle(ids);
  }

  async #read(ids: readonly string[]): Promise<ReadonlyMap<string, StoredJob>> {
    const ofKind = (kind: JobKind) => ids.filter((id) => parseJobId(id) === kind);
    const jobs = await Promise.all(JOB_KINDS.map((kind) => this.reader.readAll(kind, ofKind(kind))));
    return new Map(jobs.flat().flatMap((job) => (job === undefined ? [] : [[job.id, job]])));
  }
}

function toMark(jobId: string, job: StoredJob): [string, WebhookEvent][] {
  const status = statusOf(job);
  return hasEnded(status) ? [[jobId, status]] : [];
}
