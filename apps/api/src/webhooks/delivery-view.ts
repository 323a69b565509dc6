import type { Job } from 'bullmq';
import { WebhookAnswer, type WebhookDelivery } from '#contract';
import { parseStored } from '#queue';
import { DeliveryData, deliveryIdOf } from './webhook-queue.js';

/** A delivery of an owner, as clients see it. */
export interface OwnedDelivery {
  readonly owner: string;
  readonly view: WebhookDelivery;
}

/** Undefined for a record that is damaged, or of a newer release. */
export function deliveryView(job: Job): OwnedDelivery | undefined {
  const data = DeliveryData.safeParse(job.data).data;
  if (data === undefined) return undefined;
  const { jobId, owner, event, url } = data;
  const taken = WebhookAnswer.safeParse(job.returnvalue).data;
  const lastAnswer = taken ?? parseStored(WebhookAnswer, job.failedReason) ?? null;
  const hasEnded = job.finishedOn !== undefined;
  return {
    owner,
    view: {
      id: deliveryIdOf(jobId),
      jobId,
      event,
      url,
      status: hasEnded ? (taken ? 'delivered' : 'failed') : 'waiting',
      attempts: job.attemptsMade,
      createdAt: new Date(job.timestamp).toISOString(),
      nextAttemptAt: lastAnswer && !hasEnded && job.delay > 0 ? after(lastAnswer, job.delay) : null,
      lastAnswer,
    },
  };
}

function after({ at }: WebhookAnswer, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
