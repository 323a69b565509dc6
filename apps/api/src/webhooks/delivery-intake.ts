import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RedisClock, WebhookOutbox, type NoticedEnd, type StoredJob } from '#queue';
import { JOB_KINDS, parseJobId, type JobKind, type WebhookEvent } from '#contract';
import { JobReader } from '../jobs/read/job-reader.js';
import { hasEnded, statusOf } from '../jobs/read/job-view.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { deliveryBody } from './delivery-body.js';
import { DeliveryIndex } from './delivery-index.js';
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
  /** What runs now, and whether there was another message since it began. */
  #draining: Promise<void> | undefined;
  #again = false;

  constructor(
    private readonly outbox: WebhookOutbox,
    private readonly webhooks: WebhookQueue,
    private readonly index: DeliveryIndex,
    private readonly waiting: WaitingDeliveries,
    private readonly reader: JobReader,
    private readonly connection: QueueConnection,
    private readonly clock: RedisClock,
  ) {}

  onApplicationBootstrap(): void {
    const listening = this.outbox.subscribe({
      onEnd: () => this.#inBackground(this.#drain()),
      onSubscribed: () => this.#inBackground(this.#sweep()),
    });
    // closed before it was connected
    listening.catch((error: unknown) => this.#logger.debug(`not listening: ${String(error)}`));
    this.#timer = setInterval(() => this.#inBackground(this.#sweep()), SWEEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Redis went away in between: the next message or sweep finds the same. */
  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#logger.warn(`ends wait to be delivered: ${String(error)}`));
  }

  async #drain(): Promise<void> {
    this.#again = true;
    this.#draining ??= this.#takeAll().finally(() => (this.#draining = undefined));
    await this.#draining;
  }

  async #takeAll(): Promise<void> {
    while (this.#again && this.connection.isReady) {
      this.#again = false;
      for (let ends = await this.outbox.ended(); ends.length > 0; ends = await this.outbox.ended())
        await this.#take(ends);
    }
  }

  async #take(ends: readonly NoticedEnd[]): Promise<void> {
    const jobs = await this.#read(ends.map(({ jobId }) => jobId));
    await this.clock.refresh();
    const deliver = async (end: NoticedEnd): Promise<void> => {
      const { jobId, event, terms } = end;
      if (!terms.events.includes(event)) return;
      const { owner, url } = terms;
      await this.index.add(jobId);
      await this.waiting.add(owner, jobId);
      await this.webhooks.add({ jobId, owner, url, event, ...deliveryBody(end, jobs.get(jobId), this.clock.now()) });
    };
    await Promise.all(ends.map(deliver));
    await this.outbox.settle(ends.map(({ jobId }) => jobId));
  }

  /** Marks the ends whose worker died between the record of the end and the script that publishes it. */
  async #sweep(): Promise<void> {
    if (!this.connection.isReady) return;
    for await (const ids of this.outbox.unmarked()) {
      const jobs = await this.#read(ids);
      await this.outbox.mark(new Map([...jobs].flatMap(([jobId, job]) => toMark(jobId, job))));
      await this.#forget(ids.filter((jobId) => !jobs.has(jobId)));
    }
    await this.#drain();
    await this.index.trim(this.clock.now());
  }

  /** Jobs that are no longer kept, and of whose end nothing is known. */
  async #forget(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) this.#logger.warn(`webhooks of jobs that are gone are not called: ${ids.join(', ')}`);
    await this.outbox.settle(ids);
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
