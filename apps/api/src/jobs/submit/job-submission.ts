import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { assertNever, type Priority } from '#ddim';
import {
  BULL_PRIORITY,
  jobOptions,
  QueueUnavailableError,
  type AddedJob,
  type CountedJob,
  type IdempotencyClaim,
  type StoredJob,
  type WebhookTerms,
} from '#queue';
import { ofEachKind, rowStepsOf, type JobKind } from '#contract';
import { LOCAL_CALLER, type Caller } from '../../access/caller.js';
import { API_CONFIG, type ApiConfig } from '../../api-config.js';
import { KeyLimits } from '../../access/key-limits.js';
import { remembered } from '../../http/remembered.js';
import { JobReader } from '../read/job-reader.js';
import { QueueShards } from '../../queue/queue-shards.js';

/** Who repeats a request where there are no keys. */
const ANONYMOUS = 'anonymous';

/**
 * How a client names a submission for its repeats: by an Idempotency-Key, and by its place in the batch that
 * the key covers.
 */
export interface SubmissionKey {
  readonly key: string | undefined;
  readonly place?: number;
  readonly caller: Caller;
}

/** The job that a request has or will have. */
export interface Claimed {
  readonly kind: JobKind;
  readonly jobId: string;
  readonly claim: IdempotencyClaim | undefined;
  readonly caller: Caller;
  /** The job of an earlier request with the same key, while it is kept. */
  readonly known: StoredJob | undefined;
}

/** What is to be queued. */
interface AdmittedJob {
  readonly data: object;
  readonly priority: Priority;
  readonly webhook: WebhookTerms | undefined;
}

interface Submitted {
  readonly job: StoredJob;
  /** Whether this request has added it. */
  readonly isNew: boolean;
}

/** Puts jobs into the queues, each at most once per Idempotency-Key. */
@Injectable()
export class JobSubmission {
  /** BullMQ's, the same object for all jobs of a kind and priority. */
  private readonly options = ofEachKind((kind) =>
    remembered((priority: Priority): JobsOptions => {
      const kept = kind === 'sampling' && this.keptResults;
      return { priority: BULL_PRIORITY[priority], ...jobOptions[kind], ...kept };
    }),
  );

  constructor(
    private readonly shards: QueueShards,
    private readonly reader: JobReader,
    private readonly limits: KeyLimits,
    @Inject(API_CONFIG) private readonly config: Pick<ApiConfig, 'STRIDE_KEPT_RESULTS'>,
  ) {}

  /**
   * Finds the job of an earlier request: before anything else is asked of this one, since what the first one
   * needed may be gone by now.
   * @param request the validated body
   * @throws InputError `idempotency_key_reused`; QueueUnavailableError
   */
  async claim(kind: JobKind, request: unknown, key: SubmissionKey): Promise<Claimed> {
    const claim = claimOf(kind, request, key);
    const formerId = claim && (await this.find(claim));
    const known = formerId === undefined ? undefined : await this.reader.read(kind, formerId);
    const jobId = formerId ?? this.shards.newJobId(kind, claim && meetingText(claim));
    const shard = this.shards.holding(jobId);
    shard.requireReady();
    if (known) await shard.settled(); // its own request may still wait for that
    return { kind, jobId, claim, caller: key.caller, known };
  }

  /**
   * Adds the job, unless it is there already.
   * @returns undefined when another request with the same key was quicker: claim again
   * @throws QueueUnavailableError: then the outcome is unknown, and a repeat with the same key finds out
   */
  async add({ kind, jobId, claim, caller }: Claimed, admitted: AdmittedJob): Promise<Submitted | undefined> {
    const data = ownedBy(caller, admitted.data);
    const job = { kind, jobId, claim, data, options: this.options[kind](admitted.priority), webhook: admitted.webhook };
    const shard = this.shards.holding(jobId);
    const queue = shard.queues[kind];
    const add = () => shard.jobs.add(queue, job);
    const hasLimits = caller.limits !== undefined;
    const added = await (hasLimits ? this.counted(caller, countedJob(jobId, data, claim), add) : add());
    await shard.settled();
    switch (added.outcome) {
      case 'added':
        return { job: freshJob(kind, jobId, data, added.acceptedAt), isNew: true };
      case 'present':
        return { job: await this.present(kind, jobId), isNew: false };
      case 'taken':
        return undefined;
      default:
        return assertNever(added);
    }
  }

  private get keptResults(): Pick<JobsOptions, 'removeOnComplete'> {
    return { removeOnComplete: { count: this.config.STRIDE_KEPT_RESULTS } };
  }

  /**
   * The job that has the Idempotency-Key, wherever its record came to lie: a job that begins anew goes there,
   * too.
   */
  private async find(claim: IdempotencyClaim): Promise<string | undefined> {
    const places = await this.shards.meeting(meetingText(claim));
    const found = await Promise.all(places.map((shard) => shard.records.find(claim)));
    return found.find((jobId) => jobId !== undefined);
  }

  /** Only what was added, or may have been, counts. @throws HttpProblem `quota_exceeded` */
  private async counted(caller: Caller, job: CountedJob, add: () => Promise<AddedJob>): Promise<AddedJob> {
    const isCounted = await this.limits.takeJob(caller, job);
    try {
      const added = await add();
      // one that is present stays open
      if (isCounted && added.outcome === 'present') await this.limits.returnJob(caller, { ...job, jobId: '' });
      if (isCounted && added.outcome === 'taken') await this.limits.returnJob(caller, job);
      return added;
    } catch (error) {
      if (isCounted && !(error instanceof QueueUnavailableError)) await this.limits.returnJob(caller, job);
      throw error;
    }
  }

  private async present(kind: JobKind, jobId: string): Promise<StoredJob> {
    const job = await this.reader.read(kind, jobId);
    if (job === undefined) throw new TypeError(`job ${jobId} was there and is gone`);
    return job;
  }
}

/** By this repeats find the shard of their record. */
function meetingText({ scope, key }: IdempotencyClaim): string {
  return `${scope}\n${key}`;
}

/** What a job counts towards the limits of its key. */
function countedJob(jobId: string, data: object, claim: IdempotencyClaim | undefined): CountedJob {
  const repeatedBy = claim && meetingText(claim);
  return { jobId, repeatedBy, rowSteps: rowStepsOf(data) };
}

/** The data of a job with whose it is; where there are no keys nobody asks. */
function ownedBy(caller: Caller, data: object): object {
  return caller === LOCAL_CALLER ? data : { ...data, owner: caller.owner, apiKeyId: caller.keyId };
}

/** The jobs of a batch are a route of their own, in which places follow the key. */
function claimOf(kind: JobKind, request: unknown, { key, place, caller }: SubmissionKey): IdempotencyClaim | undefined {
  if (key === undefined) return undefined;
  const scope = `${caller === LOCAL_CALLER ? ANONYMOUS : caller.keyId}:${kind}`;
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  if (place === undefined) return { scope, key, fingerprint };
  return { scope: `${scope}:batch`, formerScope: scope, key: `${key}#${place}`, fingerprint };
}

/** A job that was added a moment ago, without asking Redis again. */
function freshJob(kind: JobKind, id: string, data: unknown, createdAt: number): StoredJob {
  return {
    id,
    kind,
    state: 'waiting',
    data,
    createdAt,
    startedAt: undefined,
    finishedAt: undefined,
    attempts: 0,
    failedReason: undefined,
    returnValue: undefined,
    worker: undefined,
    cancel: undefined,
    pausedAt: undefined,
    checkpoint: undefined,
    queuePosition: undefined,
    newestEvents: [],
  };
}
