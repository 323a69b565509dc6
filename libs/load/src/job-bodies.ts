import type { LoadSize } from './job-mix.js';
import { seededObservations } from './seeded.js';
import type { LoadTarget } from './sender.js';

/** Bodies of one size; jobs take them in turn, so that making them costs nothing while the clock runs. */
export const BODIES_PER_SIZE = 16;

type JobBodiesOptions = Pick<LoadTarget, 'model' | 'obsSize' | 'seed'>;

/**
 * JSON bodies of `POST /v1/sampling-jobs` with random observations, one per row. They name no seed: each job
 * then draws noise of its own, and no two results are the same.
 */
export class JobBodies {
  private readonly bodies: readonly (readonly Buffer[])[];

  constructor(sizes: readonly LoadSize[], options: JobBodiesOptions) {
    this.bodies = sizes.map((size, place) =>
      Array.from({ length: BODIES_PER_SIZE }, (_, i) => jobBody(size, options, place * BODIES_PER_SIZE + i)),
    );
  }

  /** The body of job number `index`, which is of size number `place`. */
  of(place: number, index: number): Buffer {
    const body = this.bodies[place]?.[index % BODIES_PER_SIZE];
    if (body === undefined) throw new RangeError(`there is no size ${place}`);
    return body;
  }
}

function jobBody({ rows, steps }: LoadSize, { model, obsSize, seed }: JobBodiesOptions, index: number): Buffer {
  const request = { model, numInferenceSteps: steps };
  if (obsSize === 0) return Buffer.from(JSON.stringify({ ...request, samplesPerObservation: rows }));
  const values = seededObservations(seed, index, rows * obsSize);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
  return Buffer.from(JSON.stringify({ ...request, observations: { shape: [rows, obsSize], dtype: 'float32', data } }));
}
