import type { Redis } from 'ioredis';
import { z } from 'zod';
import { parseJobId, WEBHOOK_EVENTS, Webhook, type WebhookEvent } from '#contract';
import { Keys } from '../keys.js';
import { parseStored } from '../stored-json.js';
import { Wakes } from '../wake.js';

/** What a job was accepted with: where its end is to be reported, and on whose behalf. */
export const WebhookTerms = z.object({
  ...Webhook.shape,
  owner: z.string(),
  /** What BullMQ carries along with the job, so that the delivery is a part of its trace. */
  trace: z.string().optional(),
});
export type WebhookTerms = z.output<typeof WebhookTerms>;

/** A job with a webhook that has ended. */
export interface NoticedEnd {
  readonly jobId: string;
  readonly event: WebhookEvent;
  readonly terms: WebhookTerms;
}

interface EndListener {
  readonly onEnd: () => void;
  /** The subscription is up (again): what was sent before is lost. */
  readonly onSubscribed: () => void;
}

const PAGE = 200;
const Event = z.enum(WEBHOOK_EVENTS);

/**
 * The webhooks that nobody has taken on yet. One comes into being with its job, in the same script, and is
 * marked by the script that publishes the job's end; it leaves once its delivery is in a queue of its own.
 * Whatever dies in between, it is still here.
 */
export class WebhookOutbox {
  readonly #keys: Keys;

  /** @param subscriber a connection of its own, needed only by processes that listen */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber?: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /** Calls back when a job with a webhook has ended, and when ends may have been missed. */
  async subscribe({ onEnd, onSubscribed }: EndListener): Promise<void> {
    if (this.subscriber === undefined) throw new TypeError('subscribing needs a connection of its own');
    const onWake = (message?: string) => (message === undefined ? onSubscribed() : onEnd());
    await new Wakes(this.subscriber).subscribe(this.#keys.webhookChannel, onWake);
  }

  /** Some of the jobs that were marked as ended; those that cannot be read are forgotten. */
  async ended(): Promise<readonly NoticedEnd[]> {
    const marks = await this.#someMarks();
    const ids = marks.filter((_, i) => i % 2 === 0);
    if (ids.length === 0) return [];
    const terms = await this.redis.hmget(this.#keys.awaitedWebhooks, ...ids);
    const ends = ids.map((jobId, i) => ({
      jobId,
      event: Event.safeParse(marks[2 * i + 1]).data,
      terms: parseStored(WebhookTerms, terms[i]),
    }));
    const readable = ends.flatMap(({ jobId, event, terms: of }) => (event && of ? [{ jobId, event, terms: of }] : []));
    if (readable.length < ids.length)
      await this.settle(ids.filter((id) => !readable.some(({ jobId }) => jobId === id)));
    return readable;
  }

  /** Job ids and events in turn. A page of a hash that has shrunk may be empty. */
  async #someMarks(): Promise<readonly string[]> {
    let cursor = '0';
    do {
      const [next, marks] = await this.redis.hscan(this.#keys.endedWebhooks, cursor, 'COUNT', PAGE);
      if (marks.length > 0) return marks;
      cursor = next;
    } while (cursor !== '0');
    return [];
  }

  /**
   * The ids of jobs whose end nobody has marked although they have ended, were cancelled, or are gone; a page
   * at a time. Of jobs that wait no more is read than says so.
   */
  async *unmarked(): AsyncGenerator<readonly string[]> {
    let cursor = '0';
    do {
      const [next, fields] = await this.redis.hscan(this.#keys.awaitedWebhooks, cursor, 'COUNT', PAGE);
      const ids = fields.filter((_, i) => i % 2 === 0);
      const areUnmarked = await Promise.all(ids.map((jobId) => this.#isUnmarked(jobId)));
      yield ids.filter((_, i) => areUnmarked[i]);
      cursor = next;
    } while (cursor !== '0');
  }

  async #isUnmarked(jobId: string): Promise<boolean> {
    const kind = parseJobId(jobId);
    if (kind === undefined) return true;
    const [isMarked, isCancelled, [timestamp, finishedOn]] = await Promise.all([
      this.redis.hexists(this.#keys.endedWebhooks, jobId),
      this.redis.hexists(this.#keys.ledger(jobId), 'cancel'),
      this.redis.hmget(this.#keys.job(kind, jobId), 'timestamp', 'finishedOn'),
    ]);
    const isWaiting = typeof timestamp === 'string' && typeof finishedOn !== 'string' && isCancelled === 0;
    return isMarked === 0 && !isWaiting;
  }

  /** Marks jobs that have ended without a mark: their worker died between the record and the script. */
  async mark(ends: ReadonlyMap<string, WebhookEvent>): Promise<void> {
    if (ends.size > 0) await this.redis.hset(this.#keys.endedWebhooks, ends);
  }

  /** Forgets webhooks: their deliveries are queued, or there is nothing to deliver. */
  async settle(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length === 0) return;
    // The terms last: a mark without them is forgotten, terms without a mark are found by the sweep.
    await this.redis.hdel(this.#keys.endedWebhooks, ...jobIds);
    await this.redis.hdel(this.#keys.awaitedWebhooks, ...jobIds);
  }
}
