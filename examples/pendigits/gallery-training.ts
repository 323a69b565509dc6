import { found, type StrideClient } from '#client';
import { readPenDigits } from './pen-digits.js';
import { trainModel, uploadDataset } from './training.js';
import { trainingRequest } from './training-request.js';

const MODEL = 'pendigits-gallery';
const STEPS = 4_000;

/**
 * Name and version of the model of the gallery; trained first when the service has none. It differs from the demonstration's model
 * in two things: condition dropout makes it guidable, and the paper's own schedule, whose last level keeps a little signal, makes it
 * invertible without clipping.
 */
export async function galleryModel(client: StrideClient): Promise<string> {
  const { data, response, error } = await client.GET('/v1/models/{name}', { params: { path: { name: MODEL } } });
  if (data) return `${MODEL}@${data.latestVersion}`;
  if (response.status !== 404) found({ error, response });
  await uploadDataset(client, readPenDigits('train'));
  const { diffusion, training, ...request } = trainingRequest(false);
  const { model } = await trainModel(client, {
    ...request,
    model: MODEL,
    diffusion: { ...diffusion, numTrainTimesteps: 1_000, betaSchedule: 'linear' },
    training: { ...training, steps: STEPS, warmupSteps: STEPS / 50, conditionDropout: 0.1 },
  });
  return model;
}
