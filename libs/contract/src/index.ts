export { MAX_RELATIVE_RMS } from '#ddim';
export { jobKey, jobOwner } from './access/job-owner.js';
export {
  ApiKey,
  ApiKeyId,
  ApiKeyLimits,
  ApiKeyList,
  ApiKeyRotation,
  DEFAULT_OWNER,
  IssuedApiKey,
  KeyAuditLine,
  KeyAuditPage,
  NewApiKeyRequest,
  Scope,
  SCOPES,
} from './access/api-key.js';
export { LoginRequest, SessionCaller } from './access/page-session.js';
export { Dataset, DatasetList, DatasetRowPage, DatasetStatistics, MAX_ROW_NUMBERS } from './models/dataset.js';
export type { JobAttempt } from './jobs/job-attempt.js';
export {
  cancelError,
  CancelReason,
  encodeJobError,
  JobError,
  JobErrorCode,
  parseJobError,
  UNEXPECTED_FAILURE,
} from './jobs/job-error.js';
export {
  isFinalEvent,
  JobEvent,
  TrainingMetricsPage,
  type FinalJobEvent,
  type ProgressEvent,
  type StartedJobEvent,
  type TrainingMetricsEvent,
} from './jobs/job-event.js';
export {
  firstJobIdOf,
  JOB_ID_FORM,
  jobIdShard,
  jobIdTime,
  leadingJobId,
  MOST_SHARDS,
  newJobId,
  parseJobId,
} from './jobs/job-id.js';
export { JobStatus, jobStatus, type CancelRecord } from './jobs/job-status.js';
export {
  JobProgress,
  MAX_JOBS_PER_PAGE,
  SamplingJob,
  SamplingJobPage,
  TrainingJob,
  TrainingJobPage,
} from './jobs/job.js';
export type { ErrorExplanation } from './errors/error-explanation.js';
export { ERRORS, explanationOf, type ProblemCode } from './errors/errors.js';
export { askEachKind, JOB_KINDS, jobsPath, KINDS, ofEachKind, type JobKind } from './kinds.js';
export { MAX_ISSUES } from './list.js';
export { AliasRequest, Model, ModelFormat, ModelList, ModelVersion } from './models/model.js';
export { ImportConfig, importWarnings, resolveImportConfig } from './models/model-import.js';
export { Alias, ArtifactId, ModelReference, ResourceName, Sha256, Timestamp } from './names.js';
export { jobSize, type JobSize } from './jobs/job-size.js';
export { jobWarnings } from './jobs/job-warnings.js';
export { rowStepsOf } from './jobs/row-steps.js';
export { InferenceAnswer, InferenceError } from './inference/inference-answer.js';
export { InferenceModel, InferenceModelConfig, InferenceServer } from './inference/inference-model.js';
export { InferenceRequest, parameterFields, type InferenceInput } from './inference/inference-request.js';
export { RobotPolicy } from './policies/robot-policy.js';
export { PolicyInterface } from './policies/policy-interface.js';
export { PolicySessionInfo, PolicySessionList, ProcessSessions } from './policies/policy-session-info.js';
export { ExecutionState, SessionSettings } from './policies/session-settings.js';
export { Problem } from './problem.js';
export {
  admittedSampling,
  MAX_INLINE_RESULT_BYTES,
  SamplingJobData,
  StoredSamplingJob,
  StoredSamplingResult,
} from './sampling/sampling-job-data.js';
export { SamplingTrace, StoredSamplingTrace } from './sampling/sampling-trace.js';
export { SamplingJobRequest, type RepeatableSamplingRequest } from './sampling/sampling-job-request.js';
export { BulkCancelRequest, BulkSamplingRequest, BulkSamplingResult } from './sampling/bulk-sampling.js';
export { resolveSamplingOptions } from './sampling/sampling-options.js';
export { LiveSnapshot, LiveWorker } from './service/live.js';
export { RecentFigures } from './service/recent-figures.js';
export { SamplingRequest } from './sampling/sampling-request.js';
export { Stats } from './service/stats.js';
export { EncodedTensor, JobTensor, MAX_TENSOR_ELEMENTS, Tensor } from './tensor.js';
export { JOB_TENSOR_FIELDS, rowsIn, TENSORS, tensorsOf, type TensorPath } from './tensors.js';
export { resolveTrainingConfig } from './training/training-config.js';
export { StoredTrainingJob, TrainingJobResult, type TrainingJobData } from './training/training-job-data.js';
export { TrainingRequest } from './training/training-request.js';
export { Pause, PauseCause, WorkerInfo, WorkerList } from './service/worker-info.js';
export { WebhookAnswer, WebhookDelivery, WebhookDeliveryPage, type WebhookFault } from './webhooks/webhook-delivery.js';
export { Webhook, WEBHOOK_EVENTS, WebhookSecret, type WebhookEvent } from './webhooks/webhook.js';
