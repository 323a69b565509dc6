import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { Registry } from 'prom-client';
import { HttpMetrics } from '#metrics';
import { RegistryModule, TracingModule } from '#server';
import { AccessModule } from './access/access.module.js';
import { API_CONFIG, loadApiConfig } from './api-config.js';
import { ArtifactsModule } from './artifacts/artifacts.module.js';
import { DatasetsModule } from './datasets/datasets.module.js';
import { HealthModule } from './service/health/health.module.js';
import { ErrorFilter } from './http/error.filter.js';
import { RequestGate } from './http/request-gate.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { InferenceModule } from './inference/inference.module.js';
import { Links } from './network/links.js';
import { ManagementPort } from './network/management-port.js';
import { LifecycleModule } from './service/lifecycle/lifecycle.module.js';
import { LiveModule } from './service/live/live.module.js';
import { MetricsModule } from './service/metrics/metrics.module.js';
import { ModelsModule } from './models/models.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { QueueModule } from './queue/queue.module.js';
import { SamplingJobsModule } from './sampling/sampling-jobs.module.js';
import { StatsModule } from './service/stats/stats.module.js';
import { StorageModule } from './storage/storage.module.js';
import { TrainingJobsModule } from './training/training-jobs.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WorkersModule } from './service/workers/workers.module.js';

@Global()
@Module({
  providers: [{ provide: API_CONFIG, useFactory: () => loadApiConfig() }, Links, ManagementPort, RequestGate],
  exports: [API_CONFIG, Links, ManagementPort, RequestGate],
})
class ConfigModule {}

@Module({
  imports: [
    ConfigModule,
    RegistryModule,
    TracingModule.forRole('api'),
    QueueModule,
    AccessModule,
    StorageModule,
    LifecycleModule,
    SamplingJobsModule,
    TrainingJobsModule,
    DatasetsModule,
    ModelsModule,
    PoliciesModule,
    InferenceModule,
    ArtifactsModule,
    WebhooksModule,
    WorkersModule,
    StatsModule,
    LiveModule,
    HealthModule,
    MetricsModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: SchemaPipe },
    { provide: HttpMetrics, useFactory: (registry: Registry) => new HttpMetrics(registry), inject: [Registry] },
  ],
})
export class AppModule {}
