import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { WebhookMetrics } from '#metrics';
import { LIFETIMES } from '#queue';
import { HttpProblem } from '../http/problem.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { WebhookQueue } from './webhook-queue.js';

const SAMPLE_MS = 5_000;
/** Receivers that are away for hours must not fill Redis: about 300 MB of deliveries. */
const MAX_WAITING = 100_000;
const MAX_DELIVERIES_PER_SWEEP = 1_000;

/** How many deliveries wait, looked up every few seconds; forgets old ones by the way. */
@Injectable()
export class DeliveryLoad implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(DeliveryLoad.name);
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;

  constructor(
    private readonly webhooks: WebhookQueue,
    private readonly connection: QueueConnection,
    private readonly metrics: WebhookMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#sample().catch((error: unknown) => this.#logger.debug(`no sample: ${String(error)}`));
    }, SAMPLE_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** @throws HttpProblem `queue_full` when too many deliveries wait */
  requireRoom(): void {
    if (this.#waiting <= MAX_WAITING) return;
    const detail = `${this.#waiting} deliveries of webhooks are waiting, at most ${MAX_WAITING} may`;
    throw new HttpProblem('queue_full', `${detail}; try again later, or without a webhook`);
  }

  async #sample(): Promise<void> {
    if (!this.connection.isReady) return;
    const { queue } = this.webhooks;
    const { waiting = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'delayed');
    this.#waiting = waiting + delayed;
    this.metrics.waiting(this.#waiting);
    for (const state of ['completed', 'failed'] as const)
      await queue.clean(LIFETIMES.deliveryMs, MAX_DELIVERIES_PER_SWEEP, state);
  }
}
