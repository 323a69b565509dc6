import { z } from 'zod';
import { list } from '../list.js';

/** The ends of a job that a webhook can be called for. */
export const WEBHOOK_EVENTS = ['succeeded', 'failed', 'cancelled'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Where a job's end is reported. What the address may be is for the service to judge, in its own words. */
export const Webhook = z
  .strictObject({
    url: z.string().max(2048).describe('https address that gets a signed POST when the job has ended'),
    events: list(z.enum(WEBHOOK_EVENTS), { min: 1, max: WEBHOOK_EVENTS.length })
      .default([...WEBHOOK_EVENTS])
      .describe('Ends that it is called for. Default: all of them'),
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.output<typeof Webhook>;

export const WebhookSecret = z
  .strictObject({
    secret: z.string().describe('whsec_ and the base64 of the key that signs: shown this once'),
    createdAt: z.iso.datetime().describe('When it was made'),
    previousUntil: z.iso.datetime().nullable().describe('Until when the secret before signs, too; null: there is none'),
  })
  .meta({ id: 'WebhookSecret' });
export type WebhookSecret = z.output<typeof WebhookSecret>;
