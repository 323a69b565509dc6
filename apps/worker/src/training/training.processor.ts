import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { workerOptions } from '#queue';
import type { JobKind, TrainingJobResult } from '#contract';
import { TrainingRunner } from './training-runner.js';
import { TrainingTurns } from './training-turns.js';

/** BullMQ's side of training; runs only once the lifecycle has started it. */
@Processor({ name: 'training' satisfies JobKind }, { ...workerOptions.training, autorun: false })
export class TrainingProcessor extends WorkerHost implements OnApplicationBootstrap {
  constructor(
    private readonly trainingJobs: TrainingRunner,
    private readonly turns: TrainingTurns,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.turns.govern(this.worker);
  }

  // Three parameters without defaults: BullMQ passes a signal only if `process.length >= 3`.
  override process(job: Job, token?: string, signal?: AbortSignal): Promise<TrainingJobResult> {
    return this.trainingJobs.run(this.worker, job, token, signal);
  }
}
