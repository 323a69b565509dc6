import { Injectable } from '@nestjs/common';
import { Keys, withDeadline } from '#queue';
import { LOCAL_CALLER, type Caller } from '../access/caller.js';
import { HttpProblem } from '../http/problem.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { deliveryIdOf, WebhookQueue } from './webhook-queue.js';

/** A tenth of what all owners may have: a receiver that is away costs others nothing. */
const MAX_WAITING_PER_OWNER = 10_000;
const DEADLINE_MS = 2_000;
const LOOK_MS = 30_000;
const READ_AT_ONCE = 200;

/**
 * Which deliveries of an owner wait, so that one owner's cannot fill the queue. A process that dies in
 * between leaves some that have ended: they are looked for when there is no room.
 */
@Injectable()
export class WaitingDeliveries {
  readonly #keys = new Keys();
  readonly #lookedAt = new Map<string, number>();

  constructor(
    private readonly webhooks: WebhookQueue,
    private readonly connection: QueueConnection,
  ) {}

  async add(owner: string, jobId: string): Promise<void> {
    await this.connection.redis.sadd(this.#keys.waitingDeliveries(owner), jobId);
  }

  async remove(owner: string, jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.connection.redis.srem(this.#keys.waitingDeliveries(owner), ...jobIds);
  }

  /**
   * Jobs that were accepted before still have their deliveries, whatever there is by then.
   * @throws HttpProblem `too_many_deliveries`; QueueUnavailableError
   */
  async requireRoom(caller: Caller): Promise<void> {
    if (caller === LOCAL_CALLER) return;
    const { owner } = caller;
    const waiting = await withDeadline(this.connection.redis.scard(this.#keys.waitingDeliveries(owner)), DEADLINE_MS);
    if (waiting < MAX_WAITING_PER_OWNER || (await this.#forgetEnded(owner))) return;
    const detail = `${waiting} deliveries of webhooks wait for your receivers, at most ${MAX_WAITING_PER_OWNER} may`;
    const headers = { 'Retry-After': '60' };
    throw new HttpProblem('too_many_deliveries', `${detail}; try again later, or without a webhook`, { headers });
  }

  /** @returns whether there were any */
  async #forgetEnded(owner: string): Promise<boolean> {
    const now = performance.now();
    if (now - (this.#lookedAt.get(owner) ?? -LOOK_MS) < LOOK_MS) return false;
    this.#lookedAt.set(owner, now);
    const jobIds = await this.connection.redis.smembers(this.#keys.waitingDeliveries(owner));
    let numEnded = 0;
    for (let start = 0; start < jobIds.length; start += READ_AT_ONCE) {
      const some = jobIds.slice(start, start + READ_AT_ONCE);
      const states = await Promise.all(some.map((jobId) => this.webhooks.queue.getJobState(deliveryIdOf(jobId))));
      const ended = some.filter((_jobId, i) => ['completed', 'failed', 'unknown'].includes(states[i] ?? ''));
      await this.remove(owner, ended);
      numEnded += ended.length;
    }
    return numEnded > 0;
  }
}
