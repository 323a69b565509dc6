import { Injectable } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import type { QueueShard } from '#queue';
import type { StoredSamplingResult } from '#contract';
import { JobIntake } from '../attempts/job-intake.js';
import type { JobProcessor } from '../process/job-workers.js';
import { SamplingRunner } from './sampling-runner.js';

/** What BullMQ's workers for sampling jobs do. */
@Injectable()
export class SamplingProcessor implements JobProcessor {
  constructor(
    private readonly samplingJobs: SamplingRunner,
    private readonly intake: JobIntake,
  ) {}

  govern(worker: BullWorker, { waiting }: QueueShard): void {
    this.intake.govern(worker, waiting);
  }

  run(...attempt: Parameters<JobProcessor['run']>): Promise<StoredSamplingResult> {
    return this.samplingJobs.run(...attempt);
  }
}
