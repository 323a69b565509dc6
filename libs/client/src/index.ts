export { createStrideClient, type Schemas, type StrideClient } from './stride-client.js';
export { followEvents, type ClientJobEvent } from './job-events.js';
export { StrideError } from './stride-error.js';
export { found, waitForSamplingJob, waitForTrainingJob } from './wait-for-job.js';
