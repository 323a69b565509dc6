export { createStrideClient, type StrideClient } from './stride-client.js';
export { createApiClient, type ClientOptions, type Schemas } from './api-client.js';
export { followEvents, type ClientJobEvent, type FollowOptions } from './job-events.js';
export type { ActionPlan, PlanOptions, PolicySettings, RobotSession } from './policy/robot-session.js';
export { runSampling, type Samples } from './sample.js';
export { StrideError } from './stride-error.js';
export { unpackTensor, packTensor } from './tensors.js';
export type { TrainedModel } from './train.js';
export { found, waitForSamplingJob, waitForTrainingJob, type WaitOptions } from './wait-for-job.js';
