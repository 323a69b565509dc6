import { found, type StrideClient } from '#client';
import { readPenDigits } from './pen-digits.js';
import { trainModel, uploadDataset } from './training.js';
import { GALLERY_MODEL, galleryTrainingRequest } from './training-request.js';

/** Name and version of the model of the gallery; trained first when the service has none. */
export async function galleryModel(client: StrideClient): Promise<string> {
  const path = { name: GALLERY_MODEL };
  const { data, response, error } = await client.GET('/v1/models/{name}', { params: { path } });
  if (data) return `${GALLERY_MODEL}@${data.latestVersion}`;
  if (response.status !== 404) found({ error, response });
  await uploadDataset(client, readPenDigits('train'));
  const { model } = await trainModel(client, galleryTrainingRequest());
  return model;
}
