import { Injectable } from '@nestjs/common';
import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { Webhook } from 'standardwebhooks';
import { RedisClock, WebhookSecrets } from '#queue';
import type { WebhookAnswer } from '#contract';
import { WebhookMetrics, type WebhookOutcome } from '#metrics';
import { Tracing } from '#server';
import { DisabledReceivers } from './disabled-receivers.js';
import { HttpProblem } from '../http/problem.js';
import { ReceiverRules } from './receiver-rules.js';
import { retryAfterMs, retryDelay } from './retry-delay.js';
import { WaitingDeliveries } from './waiting-deliveries.js';
import { WebhookSender, type ReceiverAnswer } from './webhook-sender.js';
import { DeliveryData, deliveryIdOf } from './webhook-queue.js';

/** Attempts at one host at a time in this process: one that hangs must not take the places of all others. */
const MAX_PER_HOST = 8;
/** So long an attempt steps aside that found its host busy; as much again by chance. */
const STEP_ASIDE_MS = 3_000;

/** Thrown for an attempt that failed; what it says is what BullMQ keeps of it. */
class AttemptFailedError extends Error {
  constructor(
    answer: WebhookAnswer,
    readonly waitMs: number,
  ) {
    super(JSON.stringify(answer));
  }
}

/** Milliseconds until the next attempt, as BullMQ asks for them. */
export function backoffStrategy(attemptsMade: number, _type?: string, error?: Error): number {
  return retryDelay(attemptsMade, error instanceof AttemptFailedError ? error.waitMs : 0);
}

/** Makes one attempt at a delivery. */
@Injectable()
export class WebhookDeliverer {
  readonly #busy = new Map<string, number>();

  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly disabled: DisabledReceivers,
    private readonly waiting: WaitingDeliveries,
    private readonly rules: ReceiverRules,
    private readonly sender: WebhookSender,
    private readonly clock: RedisClock,
    private readonly metrics: WebhookMetrics,
    private readonly tracing: Tracing,
  ) {}

  /**
   * @returns the answer of a receiver that took the delivery
   * @throws what makes BullMQ try again, or give up
   */
  async attempt(job: Job, token: string | undefined): Promise<WebhookAnswer> {
    const delivery = DeliveryData.parse(job.data);
    const { host, hostname } = new URL(delivery.url);
    const inFlight = this.#busy.get(host) ?? 0;
    if (inFlight >= MAX_PER_HOST) {
      await job.moveToDelayed(Date.now() + STEP_ASIDE_MS * (1 + Math.random()), token);
      throw new DelayedError();
    }
    this.#busy.set(host, inFlight + 1);
    try {
      // of a URL the host alone: its path may be as good as a password
      const attributes = {
        'bullmq.job.id': job.id,
        'stride.attempt': job.attemptsMade + 1,
        'server.address': hostname,
      };
      const call = { name: 'deliver webhook', attributes };
      return await this.tracing.inCall(job.opts.telemetry?.metadata, call, async (span) => {
        const answer = await this.#send(delivery, job, span.traceparent);
        span.set(attributesOf(answer));
        return this.#settle(delivery, job, answer);
      });
    } finally {
      const left = (this.#busy.get(host) ?? 1) - 1;
      if (left === 0) this.#busy.delete(host);
      else this.#busy.set(host, left);
    }
  }

  async #send(
    { jobId, owner, url, body }: DeliveryData,
    job: Job,
    traceparent: string | undefined,
  ): Promise<ReceiverAnswer> {
    await this.clock.refresh();
    const now = new Date(this.clock.now());
    if (await this.disabled.has(owner, url)) return { fault: 'receiver_disabled' };
    const secrets = await this.secrets.valid(owner, now.getTime());
    if (secrets.length === 0) return { fault: 'secret_missing' };
    const target = this.#parse(url);
    if (target === undefined) return { fault: 'address_forbidden' };
    const id = job.id ?? deliveryIdOf(jobId);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'stride-webhooks',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
      ...(traceparent !== undefined && { traceparent }),
    };
    return this.sender.send({ url: target, headers, body });
  }

  /** Once more, because the rules may have changed since the job was accepted. */
  #parse(url: string): URL | undefined {
    try {
      return this.rules.parse(url);
    } catch (error) {
      if (error instanceof HttpProblem) return undefined;
      throw error;
    }
  }

  async #settle(
    { jobId, owner, url, endedAt }: DeliveryData,
    job: Job,
    answer: ReceiverAnswer,
  ): Promise<WebhookAnswer> {
    const now = this.clock.now();
    const status = 'status' in answer ? answer.status : null;
    const said = { at: new Date(now).toISOString(), status, fault: 'fault' in answer ? answer.fault : null };
    const outcome = outcomeOf(answer);
    const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    this.metrics.attempted(outcome === 'retried' && isLast ? 'failed' : outcome);
    if (outcome !== 'retried' || isLast) await this.waiting.remove(owner, [jobId]);
    if (outcome === 'delivered') {
      this.metrics.delivered((now - endedAt) / 1_000);
      return said;
    }
    if (status === 410) await this.disabled.add(owner, url);
    if (outcome === 'disabled') throw new UnrecoverableError(JSON.stringify(said));
    throw new AttemptFailedError(said, 'status' in answer ? retryAfterMs(answer.retryAfter, now) : 0);
  }
}

function attributesOf(answer: ReceiverAnswer) {
  return 'fault' in answer ? { 'error.type': answer.fault } : { 'http.response.status_code': answer.status };
}

function outcomeOf(answer: ReceiverAnswer): WebhookOutcome {
  if ('fault' in answer) return answer.fault === 'receiver_disabled' ? 'disabled' : 'retried';
  if (answer.status >= 200 && answer.status < 300) return 'delivered';
  return answer.status === 410 ? 'disabled' : 'retried';
}
