import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Worker } from 'bullmq';
import { isConnectionError } from '#queue';
import { createWorkerRedis, redisAddress } from '#server';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { backoffStrategy, WebhookDeliverer } from './webhook-deliverer.js';
import { deliveryWorkerOptions, WEBHOOKS } from './webhook-queue.js';

/** Attempts that run end within this. */
const CLOSE_MS = 12_000;

/** BullMQ's side of deliveries. */
@Injectable()
export class WebhookWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(WebhookWorker.name);
  #redis: ReturnType<typeof createWorkerRedis> | undefined;
  #worker: Worker | undefined;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly deliverer: WebhookDeliverer,
  ) {}

  onApplicationBootstrap(): void {
    this.#redis = createWorkerRedis(redisAddress(this.config));
    const options = { ...deliveryWorkerOptions, connection: this.#redis, settings: { backoffStrategy } };
    this.#worker = new Worker(WEBHOOKS, (job, token) => this.deliverer.attempt(job, token), options);
    this.#worker.on('error', (error) => {
      if (!isConnectionError(error)) this.#logger.warn(error.message);
    });
    this.#worker.run().catch((error: unknown) => this.#logger.error(error));
  }

  async beforeApplicationShutdown(): Promise<void> {
    // with Redis away BullMQ would wait for it; what an attempt comes to cannot be noted, so it is made again
    const isAway = this.#redis?.status !== 'ready';
    const closed = this.#worker?.close(isAway).catch((error: unknown) => this.#logger.debug(String(error)));
    if (!isAway) await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  onApplicationShutdown(): void {
    this.#redis?.disconnect();
  }
}
