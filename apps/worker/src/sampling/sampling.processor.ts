import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { workerOptions } from '#queue';
import type { JobKind, StoredSamplingResult } from '#contract';
import { JobIntake } from '../attempts/job-intake.js';
import { SamplingRunner } from './sampling-runner.js';

/** BullMQ's side of sampling; runs only once the lifecycle has started it. */
@Processor({ name: 'sampling' satisfies JobKind }, { ...workerOptions.sampling, autorun: false })
export class SamplingProcessor extends WorkerHost implements OnApplicationBootstrap {
  constructor(
    private readonly samplingJobs: SamplingRunner,
    private readonly intake: JobIntake,
  ) {
    super();
  }

  onApplicationBootstrap(): Promise<void> {
    return this.intake.govern(this.worker);
  }

  // Three parameters without defaults: BullMQ passes a signal only if `process.length >= 3`.
  override process(job: Job, token?: string, signal?: AbortSignal): Promise<StoredSamplingResult> {
    return this.samplingJobs.run(this.worker, job, token, signal);
  }
}
