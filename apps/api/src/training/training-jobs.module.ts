import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { TrainingAdmission } from './training-admission.js';
import { TrainingJobsController } from './training-jobs.controller.js';
import { TrainingPausesController } from './training-pauses.controller.js';
import { TrainingPauses } from './training-pauses.js';
import { TrainingJobsService } from './training-jobs.service.js';

@Module({
  imports: [JobsModule],
  controllers: [TrainingJobsController, TrainingPausesController],
  providers: [TrainingAdmission, TrainingJobsService, TrainingPauses],
})
export class TrainingJobsModule {}
