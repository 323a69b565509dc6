import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { SamplingJobsModule } from '../sampling/sampling-jobs.module.js';
import { HealthModule } from '../service/health/health.module.js';
import { InferenceController } from './inference.controller.js';
import { InferenceModelsController } from './inference-models.controller.js';
import { InferenceRunner } from './inference-runner.js';
import { InferenceServerController } from './inference-server.controller.js';

/** The Open Inference Protocol, version 2, over HTTP. */
@Module({
  imports: [HealthModule, JobsModule, SamplingJobsModule],
  controllers: [InferenceServerController, InferenceModelsController, InferenceController],
  providers: [InferenceRunner],
})
export class InferenceModule {}
