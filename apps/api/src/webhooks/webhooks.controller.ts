import { Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { WebhookDelivery, WebhookDeliveryPage, WebhookSecret } from '#contract';
import { WebhookSecrets, type SecretRecord } from '#queue';
import { maySee, RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { HttpProblem } from '../http/problem.js';
import { DeliveriesService, DeliveryId, DeliveryListQuery } from './deliveries.service.js';
import { Refuses } from '../openapi/refuses.js';
import { headers } from '../openapi/response-headers.js';

const DAY_SECONDS = 86_400;

const RotateQuery = z.strictObject({
  overlapSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(7 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .describe('Seconds for which the secret before signs, too; 0 where it has become known'),
});
type RotateQuery = z.output<typeof RotateQuery>;

/** Whose deliveries a caller sees. */
const seenBy = (caller: Caller) => (owner: string) => maySee(caller, owner);

@ApiTags('Webhooks')
@Controller('v1')
@Needs('jobs:write')
export class WebhooksController {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly secrets: WebhookSecrets,
  ) {}

  @Get('webhook-deliveries')
  @Needs('jobs:read')
  @ApiOperation({
    summary: 'Deliveries of webhooks, those of the newest jobs first',
    description:
      'Lists the deliveries of the owner of the key, those of the newest jobs first: attempts, last answer, and when the next attempt is due. `job` gives that of one job.',
  })
  @Refuses('invalid_cursor')
  @ApiOkResponse({ standardSchema: WebhookDeliveryPage })
  listWebhookDeliveries(
    @Query({ schema: DeliveryListQuery }) query: DeliveryListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<WebhookDeliveryPage> {
    return this.deliveries.page(query, seenBy(caller));
  }

  @Post('webhook-deliveries/:id/redeliver')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Make the next attempt now, also of a delivery that has ended',
    description: 'Sends the next attempt at once, also of a delivery that has been delivered or has failed for good.',
  })
  @Refuses('not_found')
  @ApiAcceptedResponse({ standardSchema: WebhookDelivery })
  redeliverWebhook(
    @Param('id', { schema: DeliveryId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<WebhookDelivery> {
    return this.deliveries.redeliver(id, seenBy(caller));
  }

  @Post('webhook-secret')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Make the secret that signs your deliveries, and see it this once',
    description: 'Makes the secret of the owner of the key. The answer is the only one that ever shows it.',
  })
  @Refuses('webhook_secret_exists')
  @ApiCreatedResponse({ headers: headers('Cache-Control'), standardSchema: WebhookSecret })
  async createWebhookSecret(@RequestCaller() { owner }: Caller): Promise<WebhookSecret> {
    const created = await this.secrets.create(owner);
    if (created === undefined)
      throw new HttpProblem('webhook_secret_exists', 'there is a secret; rotate it to get another one');
    return secretView(created);
  }

  @Post('webhook-secret/rotate')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Make another secret; the one before signs beside it for a while',
    description:
      'Makes another secret, shown this once. The one before signs beside it for `overlapSeconds`, a day by default.',
  })
  @Refuses('webhook_secret_missing')
  @ApiOkResponse({ headers: headers('Cache-Control'), standardSchema: WebhookSecret })
  async rotateWebhookSecret(
    @Query({ schema: RotateQuery }) { overlapSeconds }: RotateQuery,
    @RequestCaller() { owner }: Caller,
  ): Promise<WebhookSecret> {
    return secretView(await this.secrets.rotate(owner, overlapSeconds * 1_000));
  }
}

function secretView({ secret, createdAt, previousUntil }: SecretRecord): WebhookSecret {
  return {
    secret,
    createdAt: new Date(createdAt).toISOString(),
    previousUntil: previousUntil === undefined ? null : new Date(previousUntil).toISOString(),
  };
}
