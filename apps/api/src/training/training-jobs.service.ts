import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CheckpointPointer } from '#queue';
import { KINDS, type TrainingJob, type TrainingRequest } from '#contract';
import { JobSubmission, type SubmissionKey } from '../jobs/submit/job-submission.js';
import { QueueLoad } from '../queue/queue-load.js';
import { QueueShards } from '../queue/queue-shards.js';
import type { TimedPoint } from './export/metrics-export.js';
import { TrainingAdmission } from './training-admission.js';
import { trainingJobView } from './training-job-view.js';
import { WebhookAdmission } from '../webhooks/webhook-admission.js';

const DEFAULT_POINTS = 2_000;
const MAX_POINTS = KINDS.training.events.maxLength;

export const MetricsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).meta({ description: 'Only points of later steps' }),
  limit: z.coerce.number().int().min(1).max(MAX_POINTS).default(DEFAULT_POINTS).describe('Points at most'),
});
export type MetricsQuery = z.output<typeof MetricsQuery>;

/** Newest first. */
export const CheckpointList = z
  .strictObject({ items: z.array(CheckpointPointer).describe('Newest first') })
  .meta({ id: 'CheckpointList' });

@Injectable()
export class TrainingJobsService {
  constructor(
    private readonly load: QueueLoad,
    private readonly admission: TrainingAdmission,
    private readonly webhooks: WebhookAdmission,
    private readonly submission: JobSubmission,
    private readonly shards: QueueShards,
  ) {}

  /** @throws HttpProblem or InputError when the request is refused; QueueUnavailableError */
  async submit(request: TrainingRequest, key: SubmissionKey): Promise<{ job: TrainingJob; isReplay: boolean }> {
    const claim = await this.submission.claim('training', request, key);
    if (claim.known) return { job: trainingJobView(claim.known), isReplay: true };
    this.load.requireRoom('training');
    const webhook = await this.webhooks.admit(request.webhook, claim.caller);
    const data = await this.admission.admit(request, claim);
    const submitted = await this.submission.add(claim, { data, priority: request.priority, webhook });
    // another one with the same key was quicker
    if (submitted === undefined) return this.submit(request, key);
    return { job: trainingJobView(submitted.job), isReplay: !submitted.isNew };
  }

  /** The history of a run, each step once, by step. @throws QueueUnavailableError */
  async history(id: string, { after, limit }: MetricsQuery): Promise<TimedPoint[]> {
    const events = await this.shards.holding(id).events.read(id);
    return events
      .flatMap(({ id: place, event }) =>
        event.type === 'metrics' && event.step > after ? [{ at: Number.parseInt(place, 10), point: event }] : [],
      )
      .slice(0, limit);
  }

  /** @throws QueueUnavailableError */
  async checkpoints(id: string): Promise<CheckpointPointer[]> {
    return this.shards.holding(id).ledger.checkpoints(id);
  }
}
