import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { MAX_JOBS_PER_PAGE, parseJobId, type WebhookDelivery, type WebhookDeliveryPage } from '#contract';
import { HttpProblem } from '../http/problem.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { DeliveryIndex } from './delivery-index.js';
import { deliveryView, type OwnedDelivery } from './delivery-view.js';
import { DisabledReceivers } from './disabled-receivers.js';
import { WaitingDeliveries } from './waiting-deliveries.js';
import { deliveryIdOf, WebhookQueue } from './webhook-queue.js';

/** Deliveries looked at for one page. */
const MAX_LOOKED_AT = 2_000;

export const DeliveryListQuery = z.strictObject({
  job: z.string().optional().describe('Only that of this job'),
  limit: z.coerce.number().int().min(1).max(MAX_JOBS_PER_PAGE).default(50).describe('Deliveries of a page'),
  after: z.string().optional().meta({ description: 'nextCursor of the page before' }),
});
export type DeliveryListQuery = z.output<typeof DeliveryListQuery>;

/** The path parameter of one delivery. */
export const DeliveryId = z
  .string()
  .refine((id) => jobOf(id) !== undefined, 'expected the id of a delivery: whk_ and the id of a job')
  .describe('Id of a delivery');

/** Whose deliveries somebody may see. */
type Sees = (owner: string) => boolean;

/** Shows deliveries, and asks for them again. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly webhooks: WebhookQueue,
    private readonly index: DeliveryIndex,
    private readonly disabled: DisabledReceivers,
    private readonly waiting: WaitingDeliveries,
    private readonly connection: QueueConnection,
  ) {}

  /** @throws HttpProblem `invalid_cursor`; QueueUnavailableError */
  async page({ job, limit, after }: DeliveryListQuery, sees: Sees): Promise<WebhookDeliveryPage> {
    this.connection.requireReady();
    if (job !== undefined) {
      const found = await this.#read(job);
      return { items: found && sees(found.owner) ? [found.view] : [], nextCursor: null };
    }
    const items: WebhookDelivery[] = [];
    let cursor = after === undefined ? undefined : decodeCursor(after);
    for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; lookedAt += limit) {
      const ids = await this.index.page(limit, cursor);
      const deliveries = await Promise.all(ids.map((id) => this.#read(id)));
      for (const [i, id] of ids.entries()) {
        const delivery = deliveries[i];
        cursor = id;
        if (delivery && sees(delivery.owner)) items.push(delivery.view);
        if (items.length === limit) return { items, nextCursor: encodeCursor(id) };
      }
      if (ids.length < limit) return { items, nextCursor: null };
    }
    return { items, nextCursor: cursor === undefined ? null : encodeCursor(cursor) };
  }

  /**
   * Makes the next attempt due now, with all of its attempts before it if the delivery had ended; also to a
   * receiver that wanted no more.
   * @throws HttpProblem `not_found`; QueueUnavailableError
   */
  async redeliver(id: string, sees: Sees): Promise<WebhookDelivery> {
    this.connection.requireReady();
    const job = await this.webhooks.queue.getJob(id);
    const delivery = job && deliveryView(job);
    if (job === undefined || delivery === undefined || !sees(delivery.owner)) throw noSuchDelivery(id);
    await this.disabled.remove(delivery.owner, delivery.view.url);
    await this.waiting.add(delivery.owner, delivery.view.jobId);
    const state = await job.getState();
    if (state === 'delayed') await unlessMoved(job.promote());
    else if (state === 'failed' || state === 'completed')
      await unlessMoved(job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true }));
    const now = await this.#read(jobOf(id) ?? id);
    if (now === undefined) throw noSuchDelivery(id);
    return now.view;
  }

  async #read(jobId: string): Promise<OwnedDelivery | undefined> {
    const job = await this.webhooks.queue.getJob(deliveryIdOf(jobId));
    return job && deliveryView(job);
  }
}

/** It began, or somebody else asked for it, a moment ago: what was wanted happens. */
async function unlessMoved(move: Promise<void>): Promise<void> {
  try {
    await move;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'number') throw error; // of Redis, and no answer of BullMQ's script
  }
}

function jobOf(deliveryId: string): string | undefined {
  const jobId = /^whk_(.+)$/.exec(deliveryId)?.[1];
  return jobId !== undefined && parseJobId(jobId) !== undefined ? jobId : undefined;
}

function noSuchDelivery(id: string): HttpProblem {
  return new HttpProblem('not_found', `there is no delivery ${id}`);
}

function encodeCursor(jobId: string): string {
  return Buffer.from(jobId).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const jobId = Buffer.from(cursor, 'base64url').toString();
  if (parseJobId(jobId) === undefined) throw new HttpProblem('invalid_cursor', 'after: this is no cursor of this list');
  return jobId;
}
