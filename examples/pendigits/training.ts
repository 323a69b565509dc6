import { found, StrideError, waitForTrainingJob, type ClientJobEvent, type Schemas, type StrideClient } from '#client';
import { z } from 'zod';
import { datasetFile } from './dataset.js';
import type { PenDigits } from './pen-digits.js';
import { startProgress } from './progress.js';
import { DATASET } from './training-request.js';

/** A model version that a training job has made. */
export interface TrainedModel {
  /** Name and version: `pendigits@1`. */
  readonly model: string;
  readonly steps: number;
  readonly loss: number;
  readonly validationLoss: number | undefined;
}

const MetricsEvent = z.object({ step: z.number(), loss: z.number().nullable(), stepsPerSecond: z.number() });

/** Stores the strokes as the dataset that training requests name. */
export async function uploadDataset(client: StrideClient, digits: PenDigits, signal?: AbortSignal): Promise<void> {
  // Plain fetch: the generated client would make JSON of the bytes.
  const response = await fetch(`${client.baseUrl}/v1/datasets/${DATASET}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream', ...client.headers },
    body: datasetFile(digits),
    signal,
  });
  if (!response.ok) throw StrideError.fromBody(await response.json().catch(() => undefined), response.status);
}

/**
 * Submits the training job and shows its course until it has ended. @throws StrideError when it fails or is
 * cancelled
 */
export async function trainModel(
  client: StrideClient,
  request: Schemas['TrainingRequest'],
  signal?: AbortSignal,
): Promise<TrainedModel> {
  const { id } = found(await client.POST('/v1/training-jobs', { body: request, signal }));
  const steps = request.training?.steps ?? 0;
  const progress = startProgress('training', steps);
  const onEvent = ({ data }: ClientJobEvent) => {
    const metrics = MetricsEvent.safeParse(data).data;
    if (metrics)
      progress.update(metrics.step, `loss ${metrics.loss?.toFixed(4)}, ${metrics.stepsPerSecond.toFixed(0)} steps/s`);
  };
  const job = await waitForTrainingJob(client, id, { signal, onEvent }).finally(() => progress.finish());
  const version = job.result?.model.version;
  if (job.status !== 'succeeded' || !job.result || !version)
    throw new StrideError(job.error?.code ?? job.status, `training job ${id}: ${job.error?.message ?? job.status}`);
  const { name } = job.result.model;
  const params = { path: { name, version: `${version}` } };
  const { metrics } = found(await client.GET('/v1/models/{name}/versions/{version}', { params, signal }));
  return { model: `${name}@${version}`, steps, loss: metrics.finalLoss, validationLoss: metrics.validationLoss };
}
