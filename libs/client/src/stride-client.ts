import { createApiClient, type ApiClient, type ClientOptions, type Schemas } from './api-client.js';
import { followEvents, type ClientJobEvent, type FollowOptions } from './job-events.js';
import { RobotSession, type PolicySettings } from './policy/robot-session.js';
import { runSampling, type Samples } from './sample.js';
import { runTraining, uploadDataset, type TrainedModel } from './train.js';
import type { WaitOptions } from './wait-for-job.js';

/** The routes of the Stride API with types, and what most programs do with them. */
export type StrideClient = ApiClient & {
  /** Runs one sampling job. @throws StrideError when it is refused or fails */
  sample(request: Schemas['SamplingRequest'], options?: WaitOptions): Promise<Samples>;
  /** Runs one training job. @throws StrideError when it is refused or fails */
  train(request: Schemas['TrainingRequest'], options?: WaitOptions): Promise<TrainedModel>;
  /** Stores safetensors or npz bytes. @throws StrideError when they are refused */
  uploadDataset(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Schemas['Dataset']>;
  /** A robot's session, whose plans continue each other. */
  policy(model: string, settings?: PolicySettings): RobotSession;
  /** Events of a job until its final one. @throws StrideError when there is no such job */
  follow(jobId: string, options?: FollowOptions): AsyncGenerator<ClientJobEvent>;
};

/**
 * A client for the service at `baseUrl`, for example `http://127.0.0.1:3000`. Every POST carries an
 * Idempotency-Key: its own, unless the caller sets one to repeat a call whose outcome is unknown.
 */
export function createStrideClient(baseUrl: string, options: ClientOptions = {}): StrideClient {
  const client = createApiClient(baseUrl, options);
  return Object.assign(client, {
    sample: (request: Schemas['SamplingRequest'], wait?: WaitOptions) => runSampling(client, request, wait),
    train: (request: Schemas['TrainingRequest'], wait?: WaitOptions) => runTraining(client, request, wait),
    uploadDataset: (name: string, bytes: Uint8Array, signal?: AbortSignal) =>
      uploadDataset(client, name, bytes, signal),
    policy: (model: string, settings?: PolicySettings) => new RobotSession(client, model, settings),
    follow: (jobId: string, follow?: FollowOptions) => followEvents(client, jobId, follow),
  });
}
