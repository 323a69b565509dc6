import { Injectable } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import type { QueueShard } from '#queue';
import type { TrainingJobResult } from '#contract';
import type { JobProcessor } from '../process/job-workers.js';
import { TrainingRunner } from './training-runner.js';
import { TrainingTurns } from './training-turns.js';

/** What BullMQ's workers for trainings do. */
@Injectable()
export class TrainingProcessor implements JobProcessor {
  constructor(
    private readonly trainingJobs: TrainingRunner,
    private readonly turns: TrainingTurns,
  ) {}

  govern(worker: BullWorker, { waiting }: QueueShard): void {
    this.turns.govern(worker, waiting);
  }

  run(...attempt: Parameters<JobProcessor['run']>): Promise<TrainingJobResult> {
    return this.trainingJobs.run(...attempt);
  }
}
