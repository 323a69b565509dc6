export { ByteClaims } from './access/byte-claims.js';
export { ApiKeys } from './access/api-keys.js';
export { PageSessions } from './access/page-sessions.js';
export { Quotas, type CountedJob, type QuotaAnswer } from './access/quotas.js';
export { judgeHash, judgeSecret, type ApiKeyRecord } from './access/api-key-record.js';
export { formatApiKey, LOOKS_LIKE_KEY, parseApiKey } from './access/api-key-text.js';
export { JOB_FIELDS, parseStoredJob, type JobAnswers, type StoredJob } from './bullmq/stored-job.js';
export { countJobs } from './bullmq/count-jobs.js';
export { readJobs } from './bullmq/read-jobs.lua.js';
export { governFetches, isFenced, recordSuccesses, supplyJobs } from './bullmq/worker-hooks.js';
export { DurableWrites } from './durable-writes.js';
export {
  GatedQueue,
  isConnectionError,
  OutcomeUnknownError,
  QueueUnavailableError,
  withDeadline,
} from './gated-queue.js';
export { InstallationRecord } from './installation-record.js';
export { IdempotencyRecords, type IdempotencyClaim } from './idempotency-records.js';
export { JobCancellation } from './job-cancellation.js';
export { JobEnds, JobOutcome, type PublishedEnd } from './job-ends.js';
export { EVENT_ID_PATTERN, JobEvents, type StoredJobEvent } from './job-events.js';
export { CheckpointPointer, JobLedger, type HeldAttempt, type KeptRows } from './job-ledger.js';
export { JobPauses } from './job-pauses.js';
export { seedOf } from './job-seed.js';
export { Keys } from './keys.js';
export { LIFETIMES, MAX_INDEX_ENTRIES } from './lifetimes.js';
export { wakeOnReturn } from './bullmq/return-job.lua.js';
export { NewJobs, type AddedJob } from './new-jobs.js';
export {
  BULL_PRIORITY,
  jobOptions,
  producerConnection,
  producerLimits,
  queueOptions,
  STRIDE_PREFIX,
  workerConnection,
  workerOptions,
} from './bullmq/queue-options.js';
export { RedisClock } from './redis-clock.js';
export { ShardCounts } from './shards/shard-counts.js';
export { QueueShard } from './shards/queue-shard.js';
export { meetingShard, shardPrefix, Shards } from './shards/shards.js';
export { spentJobData } from './spent-job-data.js';
export type { StartVerdict } from './start-verdict.js';
export { isWrongType, parseStored, unlessWrongType } from './stored-json.js';
export { decodeTensor, encodeTensor, parseTensor, requireFinite, type TensorValues } from './tensor-values.js';
export { WaitingJobs, type Room, type TakenJob, type TakenJobs } from './bullmq/waiting-jobs.js';
export { WorkerLeases } from './worker-leases.js';
export { SessionHeartbeats } from './heartbeats/session-heartbeats.js';
export { WorkerHeartbeats } from './heartbeats/worker-heartbeats.js';
export { LOOK_AGAIN_MS, Wakes } from './wake.js';
export { WebhookTerms, type NoticedEnd } from './webhooks/webhook-outbox.js';
export { WebhookSecrets, type SecretRecord } from './webhooks/webhook-secrets.js';
