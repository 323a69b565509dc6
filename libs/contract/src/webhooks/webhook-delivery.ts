import { z } from 'zod';
import { Timestamp } from '../names.js';
import { WEBHOOK_EVENTS } from './webhook.js';

/** Why an attempt got no answer. */
export const WebhookFault = z.enum([
  'address_forbidden',
  'name_not_found',
  'connection_failed',
  'certificate_refused',
  'timeout',
  'receiver_disabled',
  'secret_missing',
]);
export type WebhookFault = z.output<typeof WebhookFault>;

/** What came of an attempt: a status, or why there is none. The body of an answer is nobody's business. */
export const WebhookAnswer = z
  .strictObject({
    at: Timestamp.describe('When it came'),
    status: z.int().nullable().describe('HTTP status; null: no answer came'),
    fault: WebhookFault.nullable().describe('Why no answer came; null: one did'),
  })
  .meta({ id: 'WebhookAnswer' });
export type WebhookAnswer = z.output<typeof WebhookAnswer>;

export const WebhookDelivery = z
  .strictObject({
    id: z.string().describe('Header webhook-id of every attempt: whk_ and the id of the job'),
    jobId: z.string().describe('Id of the job that has ended'),
    event: z.enum(WEBHOOK_EVENTS).describe('How the job has ended'),
    url: z.string().describe('Address that is called'),
    status: z
      .enum(['waiting', 'delivered', 'failed'])
      .describe('waiting: an attempt runs or is to come; failed: none will come'),
    attempts: z.int().min(0).describe('Attempts that have ended since it was last asked for'),
    createdAt: Timestamp.describe('When the end of the job was noticed'),
    nextAttemptAt: Timestamp.nullable().describe('When the next attempt is due; null unless one is put off'),
    lastAnswer: WebhookAnswer.nullable().describe('What came of the last attempt; null before'),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.output<typeof WebhookDelivery>;

export const WebhookDeliveryPage = z
  .strictObject({
    items: z.array(WebhookDelivery).describe('Deliveries, those of the newest jobs first'),
    nextCursor: z.string().nullable().describe('after of the next page; null: this is the last'),
  })
  .meta({ id: 'WebhookDeliveryPage' });
export type WebhookDeliveryPage = z.output<typeof WebhookDeliveryPage>;
