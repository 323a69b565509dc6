import { Logger } from '@nestjs/common';
import { normalize, type DdimModel, type PrecisionReports } from '#ddim';
import type { TrainingDataset } from '#training';
import { probePrecisions } from '#onnx';

/** As many observations as the measurement has rows. */
const NUM_OBSERVATIONS = 128;

const logger = new Logger('PrecisionMeasurement');

/**
 * Finds out what other precisions cost a model that was just trained, on observations spread over its data
 * set.
 * @returns undefined when that cannot be measured, which is no reason to lose the model
 */
export async function measurePrecision(
  model: DdimModel,
  dataset: TrainingDataset,
  signal: AbortSignal | undefined,
): Promise<PrecisionReports | undefined> {
  const reports = await probePrecisions({ model, observations: someObservations(model, dataset) }, { signal });
  if (!('failure' in reports)) return reports;
  logger.warn(`no precision but float32 is offered: ${reports.failure}`);
  return undefined;
}

/** [NUM_OBSERVATIONS,obsSize], normalised. */
function someObservations({ config, observationNormalizer }: DdimModel, dataset: TrainingDataset): Float32Array {
  const { obsSize } = config;
  const chosen = new Float32Array(NUM_OBSERVATIONS * obsSize);
  for (let i = 0; i < NUM_OBSERVATIONS; i++) {
    const row = Math.floor((i * dataset.count) / NUM_OBSERVATIONS);
    const observation = dataset.observations.subarray(row * obsSize, (row + 1) * obsSize);
    chosen.set(normalize(observationNormalizer, observation), i * obsSize);
  }
  return chosen;
}
