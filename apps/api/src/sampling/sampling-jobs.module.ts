import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { BulkCancel } from './bulk-cancel.js';
import { BulkSampling } from './bulk-sampling.js';
import { BulkSamplingController } from './bulk-sampling.controller.js';
import { ModelsInTraining } from './models-in-training.js';
import { RequestTensors } from './request-tensors.js';
import { SamplingAdmission } from './sampling-admission.js';
import { SamplingJobsController } from './sampling-jobs.controller.js';
import { SamplingJobsService } from './sampling-jobs.service.js';
import { SamplingResults } from './sampling-results.js';
import { SamplingTraces } from './sampling-traces.js';
import { SamplingTracesController } from './sampling-traces.controller.js';
import { Superseding } from './superseding.js';

@Module({
  imports: [JobsModule],
  controllers: [BulkSamplingController, SamplingJobsController, SamplingTracesController],
  providers: [
    BulkCancel,
    BulkSampling,
    ModelsInTraining,
    RequestTensors,
    SamplingAdmission,
    SamplingJobsService,
    SamplingResults,
    SamplingTraces,
    Superseding,
  ],
  exports: [SamplingJobsService],
})
export class SamplingJobsModule {}
