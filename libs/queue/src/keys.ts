import { createHash } from 'node:crypto';
import { STRIDE_PREFIX } from './bullmq/queue-options.js';

/** Every key of our own in Redis; tests use a prefix of their own. */
export class Keys {
  constructor(readonly prefix: string = STRIDE_PREFIX) {}

  /** Hash: cancel starts solo faults checkpoint previous rows told shown drawn pausedAt. */
  ledger(jobId: string): string {
    return `${this.prefix}:ledger:${jobId}`;
  }
  /** Stream of one job's events; PUBLISH on the same name wakes its readers. */
  events(jobId: string): string {
    return `${this.prefix}:events:${jobId}`;
  }
  idempotency(scope: string, key: string): string {
    return `${this.prefix}:idem:${scope}:${createHash('sha256').update(key).digest('hex')}`;
  }
  /** Sorted set of the ids of one kind's jobs, as text; of one owner's, or of all. */
  index(queue: string, owner?: string): string {
    return owner === undefined ? `${this.prefix}:index:${queue}` : `${this.prefix}:index:${queue}:${owner}`;
  }
  /** Set of the owners that have an index of their own. */
  get owners(): string {
    return `${this.prefix}:owners`;
  }
  /** How often workers have looked for a job of a kind whose classes take turns. */
  turns(queue: string): string {
    return `${this.prefix}:turns:${queue}`;
  }
  worker(workerId: string): string {
    return `${this.prefix}:worker:${workerId}`;
  }
  get workers(): string {
    return `${this.prefix}:workers`;
  }
  /** Sessions of robots that a process of the API holds, as JSON. */
  sessions(apiId: string): string {
    return `${this.prefix}:sessions:${apiId}`;
  }
  /** Set of the processes of the API that hold any. */
  get sessionHolders(): string {
    return `${this.prefix}:sessions`;
  }
  /** Sorted set: until when each of BullMQ's workers is taken to live, by Redis' clock. */
  get leases(): string {
    return `${this.prefix}:leases`;
  }
  /** Hash: lookedAt patientUntil, and the workers that are leaving. */
  get leaseWatch(): string {
    return `${this.prefix}:leases:watch`;
  }
  /** Of nothing: deleted to see whether writes are taken. */
  get probe(): string {
    return `${this.prefix}:probe`;
  }
  /** List: numbers of shards and since when each holds, as JSON, the newest last. */
  get shards(): string {
    return `${this.prefix}:shards`;
  }
  /** Which installation the jobs belong to. */
  get installation(): string {
    return `${this.prefix}:installation`;
  }
  /** Hash: records of API keys by id. */
  get apiKeys(): string {
    return `${this.prefix}:keys`;
  }
  /** Hash: when API keys were used last, by id. */
  get apiKeysUsed(): string {
    return `${this.prefix}:keys:used`;
  }
  get apiKeyChannel(): string {
    return `${this.prefix}:keys:changed`;
  }
  /** What a browser has logged in with, by the hash of its token. */
  pageSession(tokenHash: string): string {
    return `${this.prefix}:session:${tokenHash}`;
  }
  /** Stream: who changed which key. */
  get audit(): string {
    return `${this.prefix}:audit`;
  }
  /** Hash: bytes that an owner has brought, by SHA-256. */
  claims(owner: string): string {
    return `${this.prefix}:claims:${owner}`;
  }
  /** Their sum. */
  claimedBytes(owner: string): string {
    return `${this.prefix}:claimed:${owner}`;
  }
  /** Set of the owners who have brought any. */
  get claimants(): string {
    return `${this.prefix}:claimants`;
  }
  /** Written before each wait for the disk. */
  get durable(): string {
    return `${this.prefix}:durable`;
  }
  /** Hash: what an API key has used of its limits. */
  quota(keyId: string): string {
    return `${this.prefix}:quota:${keyId}`;
  }
  /** Id of the job that counts among repeats of one request. */
  counted(repeatedBy: string): string {
    return `${this.prefix}:counted:${createHash('sha256').update(repeatedBy).digest('hex')}`;
  }
  /** Sorted set: jobs of an API key that have not ended, as far as anybody has looked. */
  openJobs(keyId: string): string {
    return `${this.prefix}:open:${keyId}`;
  }
  get cancelChannel(): string {
    return `${this.prefix}:cancel`;
  }
  /** Channel on which accepted pauses are published. */
  get pauseChannel(): string {
    return `${this.prefix}:pause`;
  }
  /** Channel on which workers are asked for a heartbeat. */
  get watchChannel(): string {
    return `${this.prefix}:workers:watched`;
  }
  /** Channel on which the ends of one kind's jobs are published. */
  endChannel(queue: string): string {
    return `${this.prefix}:ended:${queue}`;
  }
  /** Hashes by job id: webhooks of jobs that have not ended, as JSON, and how jobs that have one ended. */
  get awaitedWebhooks(): string {
    return `${this.prefix}:webhook:awaited`;
  }
  get endedWebhooks(): string {
    return `${this.prefix}:webhook:ended`;
  }
  /** Channel on which the end of a job with a webhook is announced. */
  get webhookChannel(): string {
    return `${this.prefix}:webhook:wake`;
  }
  /** Sorted set of the ids of jobs whose end is or was to be delivered, as text, each behind its time. */
  get webhookDeliveries(): string {
    return `${this.prefix}:webhook:deliveries`;
  }
  /** Set of the jobs of an owner whose deliveries wait. */
  waitingDeliveries(owner: string): string {
    return `${this.prefix}:webhook:waiting:${owner}`;
  }
  /** Hash by owner: what signs their deliveries, as JSON. */
  get webhookSecrets(): string {
    return `${this.prefix}:webhook:secrets`;
  }
  /** That a receiver of an owner wants no more deliveries. */
  disabledReceiver(owner: string, url: string): string {
    return `${this.prefix}:webhook:disabled:${owner}:${createHash('sha256').update(url).digest('hex')}`;
  }
  /** BullMQ's hash of a job, and its lock. */
  job(queue: string, jobId: string): string {
    return `${this.prefix}:${queue}:${jobId}`;
  }
  lock(queue: string, jobId: string): string {
    return `${this.job(queue, jobId)}:lock`;
  }
}
