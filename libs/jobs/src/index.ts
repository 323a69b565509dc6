export { JOB_FIELDS, parseStoredJob, type JobAnswers, type StoredEvent, type StoredJob } from './bullmq/stored-job.js';
export { readJobs } from './bullmq/read-jobs.lua.js';
export { governFetches, isFenced, onSuccessSent } from './bullmq/worker-hooks.js';
export { BulkSamplingResult } from './bulk-sampling-result.js';
export { Dataset, DatasetList, ValueRange } from './dataset.js';
export { GatedQueue, isConnectionError, QueueUnavailableError, withDeadline } from './gated-queue.js';
export { InstallationRecord } from './installation-record.js';
export { IDEMPOTENCY_KEY_PATTERN, IdempotencyRecords, type IdempotencyClaim } from './idempotency-records.js';
export { type JobAttempt } from './job-attempt.js';
export {
  findCancelRecord,
  JobCancellation,
  parseCancelRecord,
  type CancelMessage,
  type CancelOutcome,
} from './job-cancellation.js';
export { JobEnds, JobOutcome, type ToldEnd } from './job-ends.js';
export {
  cancelError,
  CancelReason,
  encodeJobError,
  JobError,
  JobErrorCode,
  parseJobError,
  UNEXPECTED_FAILURE,
} from './job-error.js';
export {
  isFinalEvent,
  JobEvent,
  TrainingMetrics,
  TrainingMetricsPage,
  type FinalJobEvent,
  type PlainJobEvent,
  type StartedJobEvent,
  type TrainingMetricsEvent,
} from './job-event.js';
export { EVENT_ID_PATTERN, JobEvents, type StoredJobEvent } from './job-events.js';
export { JOB_ID_PATTERN, jobIdTime, newJobId, parseJobId } from './job-id.js';
export { CheckpointPointer, JobLedger, type HeldAttempt, type StartVerdict } from './job-ledger.js';
export {
  MAX_INLINE_RESULT_BYTES,
  SamplingJobData,
  SamplingResult,
  TrainingJobData,
  TrainingJobResult,
} from './job-payload.js';
export { seedOf } from './job-seed.js';
export { JobStatus, jobStatus, type CancelRecord } from './job-status.js';
export {
  JobModel,
  JobProgress,
  JobTimings,
  pageOf,
  SamplingJob,
  SamplingJobPage,
  SamplingJobResult,
  TrainingJob,
  TrainingJobPage,
  TrainingJobResultView,
} from './job.js';
export { Keys } from './keys.js';
export { askEachKind, JOB_KINDS, jobsPath, KINDS, ofEachKind, type JobKind } from './kinds.js';
export { LIFETIMES, MAX_INDEX_ENTRIES } from './lifetimes.js';
export { MAX_ISSUES } from './list.js';
export { Metadata } from './metadata.js';
export { AliasRequest, Int8Report, Model, ModelConfig, ModelFormat, ModelList, ModelVersion } from './model.js';
export { ImportConfig, importWarnings, resolveImportConfig } from './model-import.js';
export {
  Alias,
  ALIAS_PATTERN,
  ARTIFACT_PATTERN,
  ArtifactId,
  MODEL_REFERENCE_PATTERN,
  ModelReference,
  NAME_PATTERN,
  ResourceName,
  Sha256,
  Timestamp,
} from './names.js';
export { takeOnlyWhatFits } from './bullmq/finish-job.lua.js';
export { jobSize, type JobSize } from './job-size.js';
export { NewJobs, type AddedJob, type NewJob } from './new-jobs.js';
export { Priority } from './priority.js';
export { Problem, Warning } from './problem.js';
export {
  BULL_PRIORITY,
  jobOptions,
  producerConnection,
  producerLimits,
  queueOptions,
  STRIDE_PREFIX,
  workerConnection,
  workerOptions,
} from './queue-options.js';
export { RedisScript, type ScriptValue } from './redis-script.js';
export { RedisClock } from './redis-clock.js';
export { resolveSamplingOptions } from './sampling-options.js';
export { BulkSamplingRequest, SamplingRequest } from './sampling-request.js';
export { spentJobData } from './spent-job-data.js';
export { QueueCounts, Stats } from './stats.js';
export { isWrongType, parseStored, unlessWrongType, type OnUnreadable } from './stored-json.js';
export { decodeTensor, encodeTensor, parseTensor, requireFinite, type TensorValues } from './tensor-values.js';
export { ArtifactTensor, EncodedTensor, JobTensor, MAX_TENSOR_ELEMENTS, Tensor } from './tensor.js';
export { JOB_TENSOR_FIELDS, rowsIn, TENSORS, tensorsOf, withoutTensors, type TensorPath } from './tensors.js';
export { resolveTrainingConfig } from './training-config.js';
export { TrainingRequest } from './training-request.js';
export { WaitingJobs } from './bullmq/waiting-jobs.js';
export { WorkerHeartbeats } from './worker-heartbeats.js';
export { Pause, PauseCause, WorkerInfo, WorkerList } from './worker-info.js';
