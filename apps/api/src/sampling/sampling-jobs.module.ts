import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { BulkSampling } from './bulk-sampling.js';
import { ModelsInTraining } from './models-in-training.js';
import { RequestTensors } from './request-tensors.js';
import { SamplingAdmission } from './sampling-admission.js';
import { SamplingJobsController } from './sampling-jobs.controller.js';
import { SamplingJobsService } from './sampling-jobs.service.js';
import { SamplingResults } from './sampling-results.js';
import { Superseding } from './superseding.js';

@Module({
  imports: [JobsModule],
  controllers: [SamplingJobsController],
  providers: [
    BulkSampling,
    ModelsInTraining,
    RequestTensors,
    SamplingAdmission,
    SamplingJobsService,
    SamplingResults,
    Superseding,
  ],
  exports: [SamplingJobsService],
})
export class SamplingJobsModule {}
