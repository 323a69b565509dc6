import type { Redis } from 'ioredis';
import { IdempotencyRecords } from '../idempotency-records.js';
import { JobCancellation } from '../job-cancellation.js';
import { JobEnds } from '../job-ends.js';
import { JobEvents } from '../job-events.js';
import { JobLedger } from '../job-ledger.js';
import { JobPauses } from '../job-pauses.js';
import { Keys } from '../keys.js';
import { NewJobs } from '../new-jobs.js';
import { RedisClock } from '../redis-clock.js';
import { WaitingJobs } from '../bullmq/waiting-jobs.js';
import { WebhookOutbox } from '../webhooks/webhook-outbox.js';
import { WorkerLeases } from '../worker-leases.js';
import { WorkerWatch } from '../worker-watch.js';

/** What one shard stands on. */
interface ShardFoundation<Client extends Redis> {
  readonly redis: Client;
  /** A connection that only listens, needed only by processes that do. */
  readonly subscriber?: Redis | undefined;
  /** Of its keys; default: those of the first shard. */
  readonly prefix?: string | undefined;
}

/** All that belongs to the jobs of one shard: nothing here knows of another. */
export class QueueShard<Client extends Redis = Redis> {
  readonly redis: Client;
  readonly keys: Keys;
  /** Of the server that has the shard. */
  readonly clock: RedisClock;
  readonly jobs: NewJobs;
  readonly waiting: WaitingJobs;
  readonly records: IdempotencyRecords;
  readonly cancellation: JobCancellation;
  readonly pauses: JobPauses;
  readonly ledger: JobLedger;
  readonly events: JobEvents;
  readonly ends: JobEnds;
  readonly leases: WorkerLeases;
  readonly outbox: WebhookOutbox;
  readonly watch: WorkerWatch;

  constructor({ redis, subscriber, prefix }: ShardFoundation<Client>) {
    this.redis = redis;
    this.keys = new Keys(prefix);
    this.clock = RedisClock.of(redis);
    this.jobs = new NewJobs(redis, prefix);
    this.waiting = new WaitingJobs(redis, prefix);
    this.records = new IdempotencyRecords(redis, prefix);
    this.cancellation = new JobCancellation(redis, subscriber, prefix);
    this.pauses = new JobPauses(redis, subscriber, prefix);
    this.ledger = new JobLedger(redis, prefix);
    this.events = new JobEvents(redis, prefix);
    this.ends = new JobEnds(redis, subscriber, prefix);
    this.leases = new WorkerLeases(redis, prefix);
    this.outbox = new WebhookOutbox(redis, subscriber, prefix);
    this.watch = new WorkerWatch(redis, subscriber, prefix);
  }
}
