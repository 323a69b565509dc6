import { found, type Schemas, type StrideClient, waitForTrainingJob } from '#client';

export const OBS_SIZE = 3;
export const HORIZON = 4;
export const ACTION_DIM = 2;

const DATASET = 'tiny';
const NUM_EXAMPLES = 256;

export interface TinyTraining {
  readonly model: string;
  /** 32 trains in a second; 256 makes sampling slow enough to be interrupted. */
  readonly hiddenSize?: number;
  readonly steps?: number;
  readonly checkpointEverySteps?: number;
}

/** A safetensors file: actions that are a smooth function of the observation. */
export function tinyDataset(): Uint8Array<ArrayBuffer> {
  const observations = new Float32Array(NUM_EXAMPLES * OBS_SIZE);
  const actions = new Float32Array(NUM_EXAMPLES * HORIZON * ACTION_DIM);
  for (let i = 0; i < observations.length; i += 1) observations[i] = Math.sin(i * 12.9898) * 2;
  for (let i = 0; i < actions.length; i += 1) {
    const example = Math.floor(i / (HORIZON * ACTION_DIM));
    actions[i] = Math.cos((observations[example * OBS_SIZE] ?? 0) + (i % (HORIZON * ACTION_DIM)));
  }
  return safetensors([
    { name: 'observations', shape: [NUM_EXAMPLES, OBS_SIZE], data: observations },
    { name: 'actions', shape: [NUM_EXAMPLES, HORIZON, ACTION_DIM], data: actions },
  ]);
}

export async function uploadTinyDataset(
  client: StrideClient,
  { name = DATASET, bytes = tinyDataset() }: { name?: string; bytes?: Uint8Array<ArrayBuffer> } = {},
): Promise<void> {
  const response = await fetch(`${client.baseUrl}/v1/datasets/${name}`, {
    method: 'PUT',
    headers: { ...client.headers, 'content-type': 'application/octet-stream' },
    body: bytes,
  });
  if (response.status !== 201) throw new Error(`dataset: ${response.status} ${await response.text()}`);
}

export function trainingRequest(training: TinyTraining): Schemas['TrainingRequest'] {
  const steps = training.steps ?? 40;
  return {
    model: training.model,
    dataset: DATASET,
    preset: 'diffusion-policy',
    network: { hiddenSize: training.hiddenSize ?? 32, numLayers: 2 },
    diffusion: { numTrainTimesteps: 1_000 },
    training: {
      steps,
      batchSize: 32,
      warmupSteps: 5,
      seed: 7,
      logEverySteps: 10,
      checkpointEverySteps: training.checkpointEverySteps ?? steps,
    },
  };
}

/** Trains a model through the queue. @throws Error when the job does not succeed */
export async function trainTinyModel(client: StrideClient, training: TinyTraining): Promise<Schemas['TrainingJob']> {
  const accepted = found(await client.POST('/v1/training-jobs', { body: trainingRequest(training) }));
  const job = await waitForTrainingJob(client, accepted.id);
  if (job.status !== 'succeeded') throw new Error(`training ${job.status}: ${JSON.stringify(job.error)}`);
  return job;
}

/** As many observations as wanted, each different. */
export function someObservations(count: number): number[][] {
  return Array.from({ length: count }, (_, row) => [Math.sin(row * 3.1), Math.cos(row * 1.7), Math.sin(row * 0.3)]);
}

interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Written by hand, so that the tests do not read what our own encoder writes. */
function safetensors(arrays: readonly NamedArray[]): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const header = arrays.map(({ name, shape, data }) => {
    const begin = offset;
    offset += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const payloads = arrays.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return new Uint8Array(Buffer.concat([length, text, ...payloads]));
}
