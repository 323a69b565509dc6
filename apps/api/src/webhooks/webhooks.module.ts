import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { RedisClock, WebhookSecrets } from '#queue';
import { WebhookMetrics } from '#metrics';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryIndex } from './delivery-index.js';
import { DeliveryIntake } from './delivery-intake.js';
import { DeliveryLoad } from './delivery-load.js';
import { DisabledReceivers } from './disabled-receivers.js';
import { ReceiverRules } from './receiver-rules.js';
import { WaitingDeliveries } from './waiting-deliveries.js';
import { WebhookAdmission } from './webhook-admission.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { WebhookQueue } from './webhook-queue.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhookWorker } from './webhook-worker.js';
import { WebhooksController } from './webhooks.controller.js';

/** Reports the ends of jobs to whoever asked for it. */
@Global()
@Module({
  controllers: [WebhooksController],
  providers: [
    ...[RedisClock, WebhookSecrets].map((Class) => ({
      provide: Class,
      useFactory: ({ redis }: QueueConnection) => new Class(redis),
      inject: [QueueConnection],
    })),
    { provide: WebhookMetrics, useFactory: (registry: Registry) => new WebhookMetrics(registry), inject: [Registry] },
    {
      provide: ReceiverRules,
      useFactory: ({ STRIDE_WEBHOOK_ALLOW }: ApiConfig) => new ReceiverRules(STRIDE_WEBHOOK_ALLOW),
      inject: [API_CONFIG],
    },
    { provide: WebhookSender, useFactory: (rules: ReceiverRules) => new WebhookSender(rules), inject: [ReceiverRules] },
    DeliveriesService,
    DeliveryIndex,
    DeliveryIntake,
    DeliveryLoad,
    DisabledReceivers,
    WaitingDeliveries,
    WebhookAdmission,
    WebhookDeliverer,
    WebhookQueue,
    WebhookWorker,
  ],
  exports: [WebhookAdmission],
})
export class WebhooksModule {}
