export { createStrideClient, type Schemas, type StrideClient, type StrideClientOptions } from './stride-client.js';
export { followEvents, type ClientJobEvent, type FollowOptions } from './job-events.js';
export { StrideError } from './stride-error.js';
export { found, waitForSamplingJob, waitForTrainingJob, type WaitOptions } from './wait-for-job.js';
export type { components, paths } from './schema.js';
