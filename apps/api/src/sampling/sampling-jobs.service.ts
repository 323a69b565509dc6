import { Injectable } from '@nestjs/common';
import { type JobOutcome, type StoredJob } from '#queue';
import { StoredSamplingResult, type SamplingJob, type SamplingJobData, type SamplingRequest } from '#contract';
import type { TensorEncoding } from '../http/prefer.js';
import { JobSubmission, type Claimed, type SubmissionKey } from '../jobs/submit/job-submission.js';
import { hasEnded, resultOf, statusOf } from '../jobs/read/job-view.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { JobWaiters } from '../jobs/wait/job-waiters.js';
import { QueueLoad } from '../queue/queue-load.js';
import { SamplingAdmission } from './sampling-admission.js';
import { SamplingResults } from './sampling-results.js';
import { samplingJobView } from './sampling-job-view.js';
import { Superseding } from './superseding.js';
import { WebhookAdmission } from '../webhooks/webhook-admission.js';

interface Submission {
  readonly job: SamplingJob;
  /** The job was there before: an earlier request with the same Idempotency-Key made it. */
  readonly isReplay: boolean;
}

/** A submission of which nobody has yet asked how it looks. */
interface Enqueued {
  readonly stored: StoredJob;
  /** Of a job that this request has made. */
  readonly data: SamplingJobData | undefined;
  readonly isReplay: boolean;
}

export interface Waiting {
  readonly ms: number;
  /** Of the result in the answer. */
  readonly tensors: TensorEncoding;
  /** Calls what it is given when the client goes away. */
  readonly whenGone: (gone: () => void) => void;
}

@Injectable()
export class SamplingJobsService {
  constructor(
    private readonly load: QueueLoad,
    private readonly admission: SamplingAdmission,
    private readonly webhooks: WebhookAdmission,
    private readonly submission: JobSubmission,
    private readonly superseding: Superseding,
    private readonly waiters: JobWaiters,
    private readonly reader: JobReader,
    private readonly results: SamplingResults,
  ) {}

  /**
   * Submits a job, and waits for its end if `waiting` says so; the job comes back as it is then.
   * @throws HttpProblem or InputError when the request is refused; QueueUnavailableError
   */
  async submit(request: SamplingRequest, key: SubmissionKey, waiting?: Waiting): Promise<Submission> {
    const claim = await this.submission.claim('sampling', request, key);
    if (waiting === undefined) {
      const enqueued = await this.enqueue(claim, request);
      if (enqueued === undefined) return this.submit(request, key);
      return { job: this.view(enqueued.stored, enqueued.data), isReplay: enqueued.isReplay };
    }
    const wait = this.waiters.begin(claim.jobId);
    try {
      waiting.whenGone(() => wait.leave());
      const enqueued = await this.enqueue(claim, request);
      if (enqueued === undefined) return await this.submit(request, key, waiting);
      const look = (outcome?: JobOutcome) => this.ended(enqueued, outcome, waiting.tensors);
      const ended = (await this.alreadyEnded(enqueued, look)) ?? (await wait.until(look, waiting.ms));
      return { job: ended ?? this.view(enqueued.stored, enqueued.data), isReplay: enqueued.isReplay };
    } finally {
      this.waiters.end(claim.jobId, wait);
    }
  }

  /** A job as clients see it, with what the whole queue knows about a waiting one. */
  view = (job: StoredJob, data?: SamplingJobData, result?: StoredSamplingResult): SamplingJob => {
    const view = samplingJobView(job, data, result);
    if (view.queuePosition === null) return view;
    return { ...view, estimatedSecondsLeft: this.load.secondsUntilDone(view.queuePosition) ?? null };
  };

  /** Undefined when another request with the same key was quicker: its job is this one's too. */
  private async enqueue(claim: Claimed, request: SamplingRequest): Promise<Enqueued | undefined> {
    if (claim.known) return { stored: claim.known, data: undefined, isReplay: true };
    this.load.requireRoom('sampling');
    const webhook = await this.webhooks.admit(request.webhook, claim.caller);
    const data = await this.admission.admit(request, claim);
    const supersede = await this.superseding.prepare(request, data.model, claim);
    const submitted = await this.submission.add(claim, { data, priority: request.priority, webhook });
    if (submitted === undefined) return undefined;
    const { job, isNew } = submitted;
    if (isNew) this.load.accepted(data.steps);
    await supersede();
    return { stored: job, data: isNew ? data : undefined, isReplay: !isNew };
  }

  /** A replayed job may have ended before anybody waited for it. */
  private async alreadyEnded<Found>(
    { stored, isReplay }: Enqueued,
    look: () => Promise<Found | undefined>,
  ): Promise<Found | undefined> {
    return isReplay && hasEnded(statusOf(stored)) ? look() : undefined;
  }

  /**
   * The finished job with its result inline; undefined while it runs. @param outcome saves asking Redis, if
   * it is known
   */
  private async ended(
    { stored, data }: Enqueued,
    outcome: JobOutcome | undefined,
    tensors: TensorEncoding,
  ): Promise<SamplingJob | undefined> {
    const job = outcome ? succeeded(stored, outcome) : await this.reader.read('sampling', stored.id);
    if (job === undefined) return undefined;
    const result = resultOf(job, StoredSamplingResult);
    const view = this.view(job, data, result);
    if (!hasEnded(view.status)) return undefined;
    if (result === undefined || view.result === null) return view;
    return { ...view, result: { data: await this.results.inline(result, job, tensors), ...view.result } };
  }
}

/** What Redis holds about a job that was submitted or looked up before it succeeded. */
function succeeded(before: StoredJob, outcome: JobOutcome): StoredJob {
  return { ...before, ...outcome, state: 'completed', cancel: undefined, queuePosition: undefined, newestEvents: [] };
}
