import { Injectable, Logger } from '@nestjs/common';
import { Queue, type JobsOptions, type WorkerOptions } from 'bullmq';
import { z } from 'zod';
import { isConnectionError, queueOptions, STRIDE_PREFIX } from '#queue';
import { WEBHOOK_EVENTS } from '#contract';
import { QueueConnection } from '../queue/queue-connection.js';
import { MAX_ATTEMPTS } from './retry-delay.js';

/** BullMQ's name of the queue. */
export const WEBHOOKS = 'webhooks';

/** BullMQ data of a delivery. What is sent is settled when it is queued: each attempt sends the same. */
export const DeliveryData = z.object({
  jobId: z.string(),
  owner: z.string(),
  url: z.string(),
  event: z.enum(WEBHOOK_EVENTS),
  /** Milliseconds since 1970. */
  endedAt: z.number(),
  body: z.string(),
});
export type DeliveryData = z.output<typeof DeliveryData>;

/** Deliveries that have ended are kept for people to look at, and to be sent again. */
const deliveryOptions = {
  attempts: MAX_ATTEMPTS,
  backoff: { type: 'custom' },
  stackTraceLimit: 0,
  removeOnComplete: { count: 5_000 },
  removeOnFail: { count: 20_000 },
} satisfies JobsOptions;

/** An attempt takes 10 s at most, and so less than its lock lives: nothing has to renew it. */
export const deliveryWorkerOptions = {
  prefix: STRIDE_PREFIX,
  concurrency: 64,
  lockDuration: 30_000,
  skipLockRenewal: true,
  stalledInterval: 15_000,
  maxStalledCount: 100,
  autorun: false,
} satisfies Partial<WorkerOptions>;

/** Header webhook-id of a job's delivery, and its id in the queue. */
export function deliveryIdOf(jobId: string): string {
  return `whk_${jobId}`;
}

/** The queue of deliveries; it shares the connection of what requests wait for. */
@Injectable()
export class WebhookQueue {
  readonly queue: Queue<DeliveryData>;

  constructor(connection: QueueConnection) {
    const logger = new Logger(WebhookQueue.name);
    this.queue = new Queue(WEBHOOKS, { ...queueOptions, connection: connection.redis });
    this.queue.on('error', (error) => {
      if (!isConnectionError(error)) logger.warn(error.message);
    });
  }

  /**
   * Adds a delivery, unless its job has one already.
   * @param trace what BullMQ carries along with the job, and then with its delivery
   */
  async add(delivery: DeliveryData, trace: string | undefined): Promise<void> {
    const jobId = deliveryIdOf(delivery.jobId);
    const telemetry = trace === undefined ? undefined : { metadata: trace };
    await this.queue.add('delivery', delivery, { ...deliveryOptions, jobId, ...(telemetry && { telemetry }) });
  }
}
