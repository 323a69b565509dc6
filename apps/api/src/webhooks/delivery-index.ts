import { Injectable } from '@nestjs/common';
import { newJobId } from '#contract';
import { Keys, LIFETIMES, MAX_INDEX_ENTRIES } from '#queue';
import { QueueConnection } from '../queue/queue-connection.js';

/** Characters of a job id before its ULID. */
const PREFIX_LENGTH = 4;

/**
 * The ids of the jobs that have a delivery, in the order in which the jobs were created: a sorted set whose
 * members compare as text. An id may be listed whose delivery is gone, but none is missing.
 */
@Injectable()
export class DeliveryIndex {
  private readonly key = new Keys().webhookDeliveries;

  constructor(private readonly connection: QueueConnection) {}

  async add(jobId: string): Promise<void> {
    await this.connection.redis.zadd(this.key, 0, entryOf(jobId));
  }

  /** Up to `limit` ids, newest first, before that of a job. */
  async page(limit: number, before: string | undefined): Promise<string[]> {
    const last = before === undefined ? '+' : `(${entryOf(before)}`;
    const entries = await this.connection.redis.zrevrangebylex(this.key, last, '-', 'LIMIT', 0, limit);
    return entries.map((entry) => entry.slice(entry.indexOf(' ') + 1));
  }

  async trim(now: number): Promise<void> {
    const oldest = newJobId('sampling', now - LIFETIMES.ledgerMs - LIFETIMES.deliveryMs);
    await this.connection.redis.zremrangebylex(this.key, '-', `(${entryOf(oldest)}`);
    await this.connection.redis.zremrangebyrank(this.key, 0, -MAX_INDEX_ENTRIES - 1);
  }
}

function entryOf(jobId: string): string {
  return `${jobId.slice(PREFIX_LENGTH)} ${jobId}`;
}
