import { Injectable } from '@nestjs/common';
import { WebhookSecrets, type WebhookTerms } from '#queue';
import type { Webhook } from '#contract';
import type { Caller } from '../access/caller.js';
import { HttpProblem } from '../http/problem.js';
import { DeliveryLoad } from './delivery-load.js';
import { ReceiverRules } from './receiver-rules.js';
import { WaitingDeliveries } from './waiting-deliveries.js';

/** Decides at submission whether the end of a job can be reported as asked. */
@Injectable()
export class WebhookAdmission {
  constructor(
    private readonly rules: ReceiverRules,
    private readonly secrets: WebhookSecrets,
    private readonly load: DeliveryLoad,
    private readonly waiting: WaitingDeliveries,
  ) {}

  /**
   * What the job is to be accepted with; undefined where no webhook was asked for.
   * @throws HttpProblem `invalid_webhook_url`, `webhook_address_forbidden`, `webhook_secret_missing`,
   * `queue_full`, `too_many_deliveries`
   */
  async admit(webhook: Webhook | undefined, caller: Caller): Promise<WebhookTerms | undefined> {
    if (webhook === undefined) return undefined;
    const { href } = this.rules.parse(webhook.url);
    this.load.requireRoom();
    await this.waiting.requireRoom(caller);
    const { owner } = caller;
    if (!(await this.secrets.has(owner))) {
      const detail = 'nothing signs your deliveries yet: make a secret first (stride webhooks secret)';
      throw new HttpProblem('webhook_secret_missing', detail);
    }
    return { url: href, events: webhook.events, owner };
  }
}
