import type { ClientJobEvent, Schemas, StrideClient } from '#client';
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
  await client.uploadDataset(DATASET, datasetFile(digits), signal);
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
  const steps = request.training?.steps ?? 0;
  const progress = startProgress('training', steps);
  const onEvent = ({ data }: ClientJobEvent) => {
    const metrics = MetricsEvent.safeParse(data).data;
    if (metrics)
      progress.update(metrics.step, `loss ${metrics.loss?.toFixed(4)}, ${metrics.stepsPerSecond.toFixed(0)} steps/s`);
  };
  const { model, version } = await client.train(request, { signal, onEvent }).finally(() => progress.finish());
  const { finalLoss, validationLoss } = version.metrics;
  return { model, steps, loss: finalLoss, validationLoss };
}
